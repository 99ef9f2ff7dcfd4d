"""One polite way to ask a service: slowly, again after a failure, and saying who asks."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

__all__ = ["BACKOFF", "CONTACT", "PACE", "ServiceError", "Web", "address_of"]

CONTACT = "CARTREVIEW_CONTACT"  # an address of mail, by which a service can reach who asks
# A replaying server on the same machine needs neither patience nor politeness.
BACKOFF, PACE = "CARTREVIEW_BACKOFF", "CARTREVIEW_PER_SECOND"
_AGAIN = (429, 500, 502, 503, 504)
_TIMEOUT = (10, 60)  # seconds to connect, and to answer


class ServiceError(RuntimeError):
    """A service did not answer, or answered what it should not.

    Attributes
    ----------
    refused : bool
        Whether the service understood and refuses, so that asking again is of no use.
    """

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


class _BrokenAnswer(ServiceError):
    """An answer that began well and did not end."""


class Web:
    """Ask services for JSON, no faster than each allows.

    Parameters
    ----------
    contact : str
        Address of mail, sent with every request.
    per_second : float
        Requests a second at most; ``CARTREVIEW_PER_SECOND`` of the environment goes before it.
    retries : int
        How often a request is sent again after a failure that may pass; the pause doubles, and a
        service that names a pause is obeyed.
    backoff : float
        Seconds of the first pause; ``CARTREVIEW_BACKOFF`` of the environment goes before it.

    Attributes
    ----------
    contact : str
        As given; services that ask for it as a parameter get it so.

    Examples
    --------
    >>> Web("someone@example.org").headers["User-Agent"].endswith("(mailto:someone@example.org)")
    True
    """

    def __init__(
        self, contact: str, *, per_second: float = 3.0, retries: int = 4, backoff: float = 0.5
    ) -> None:
        backoff = float(os.environ.get(BACKOFF, backoff))
        per_second = float(os.environ.get(PACE, per_second))
        self.contact = contact
        self.headers = {"User-Agent": f"cartreview (mailto:{contact})"}
        self._pause = 1 / per_second
        self._next = 0.0
        self._broken = [backoff * 2**turn for turn in range(retries)]
        self._session = requests.Session()
        policy = Retry(
            total=retries,
            backoff_factor=backoff,
            status_forcelist=_AGAIN,
            allowed_methods=["GET"],
            respect_retry_after_header=True,
            raise_on_status=False,
        )
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=policy))

    def get_json(self, url: str, params: Mapping[str, Any] | None = None) -> Any:
        """Give what a service answers.

        Parameters
        ----------
        url : str
            Address without a query.
        params : mapping, optional
            The query.

        Returns
        -------
        object
            The JSON of the answer; None where the service does not know what was asked for (404).

        Raises
        ------
        ServiceError
            If it cannot be reached, goes on failing, or answers no JSON.
        """
        for pause in self._broken:
            try:
                return self._asked(url, params)
            except _BrokenAnswer:  # a connection that was cut: the rest may come next time
                time.sleep(pause)
        return self._asked(url, params)

    def _asked(self, url: str, params: Mapping[str, Any] | None) -> Any:
        time.sleep(max(0.0, self._next - time.monotonic()))
        try:
            answer = self._session.get(url, params=params, headers=self.headers, timeout=_TIMEOUT)
        except (
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ) as error:
            raise _BrokenAnswer(f"{url}: {error}") from error
        except requests.RequestException as error:
            raise ServiceError(f"{url}: {error}") from error
        finally:
            self._next = time.monotonic() + self._pause
        if answer.status_code == 404:
            return None
        if not answer.ok:
            refused = 400 <= answer.status_code < 500 and answer.status_code not in _AGAIN
            said = f"{answer.url}: {answer.status_code} {answer.reason}"
            raise ServiceError(said, refused=refused)
        try:
            return answer.json()
        except ValueError as error:
            raise _BrokenAnswer(f"{answer.url}: no JSON: {answer.text[:80]!r}") from error


def address_of(service: str, default: str) -> str:
    """Give a service's address, or what stands in its place in the environment.

    A replaying server is named in ``CARTREVIEW_EUROPEPMC_URL`` and the like.

    Examples
    --------
    >>> address_of("europepmc", "https://www.ebi.ac.uk/europepmc/webservices/rest")
    'https://www.ebi.ac.uk/europepmc/webservices/rest'
    """
    return os.environ.get(f"CARTREVIEW_{service.upper()}_URL", default).rstrip("/")
