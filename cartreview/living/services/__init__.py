"""The services that are searched, each in a file of its own: how it is asked, and what it says.

The order is that in which records are kept apart: who gives most of a record is asked first.
"""

from cartreview.living.services._page import Page, Service
from cartreview.living.services.clinicaltrials import CLINICAL_TRIALS
from cartreview.living.services.crossref import CROSSREF
from cartreview.living.services.europepmc import EUROPE_PMC
from cartreview.living.services.pubmed import PUBMED

__all__ = ["SERVICES", "Page", "Service"]

SERVICES = {service.name: service for service in (EUROPE_PMC, PUBMED, CLINICAL_TRIALS, CROSSREF)}
