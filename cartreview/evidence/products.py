"""Names of products as clinicians shorten them."""

from __future__ import annotations

__all__ = ["PRODUCTS", "short_product"]

# Nonproprietary names as clinicians shorten them, those against CD19 first.
PRODUCTS = {
    "axicabtagene ciloleucel": "axi-cel",
    "brexucabtagene autoleucel": "brexu-cel",
    "tisagenlecleucel": "tisa-cel",
    "lisocabtagene maraleucel": "liso-cel",
    "obecabtagene autoleucel": "obe-cel",
    "relmacabtagene autoleucel": "relma-cel",
    "idecabtagene vicleucel": "ide-cel",
    "ciltacabtagene autoleucel": "cilta-cel",
    "equecabtagene autoleucel": "eque-cel",
    "zevorcabtagene autoleucel": "zevor-cel",
}


def short_product(name: str) -> str:
    """Shorten a nonproprietary name as clinicians do; other names stay.

    Parameters
    ----------
    name : str
        Value of a column ``product``.

    Returns
    -------
    str
        The short form, or the name.

    Examples
    --------
    >>> short_product("lisocabtagene maraleucel"), short_product("several products")
    ('liso-cel', 'several products')
    """
    return PRODUCTS.get(name, name)
