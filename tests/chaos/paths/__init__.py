"""The paths through the product, by area: what people and vendors do, and what we promise comes of it."""

from tests.chaos.paths import connections, corridor, reports, tenants
from tests.chaos.paths.path import Path

PATHS: dict[str, Path] = {**corridor.PATHS, **reports.PATHS, **connections.PATHS, **tenants.PATHS}
