"""The paths through the product, by area: what people and vendors do, and what we promise comes of it."""

from tests.chaos.paths import accounts, code, connections, pipeline, reports, tenants, trees, trust
from tests.chaos.paths.path import Path

PATHS: dict[str, Path] = {
    name: path
    for area in (pipeline, code, trees, trust, reports, connections, tenants, accounts)
    for name, path in area.PATHS.items()
}
