"""What movescreen knows, as files that a trainer can review: movements, checks, norms, measurement errors."""

from movescreen.catalog.loader import Catalog, load_catalog
from movescreen.catalog.measurement import correct_reading, measurement_error, minimal_detectable_change, standard_error

__all__ = [
    "Catalog",
    "correct_reading",
    "load_catalog",
    "measurement_error",
    "minimal_detectable_change",
    "standard_error",
]
