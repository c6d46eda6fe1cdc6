"""Put everything a tenant may take along into one file."""

from pm_assistant.domain.archive import pack
from pm_assistant.domain.jobs import Run, Step
from pm_assistant.ports.tenants import Archives, Partition


def export(run: Run, *, partition: Partition, archives: Archives) -> Step:
    """Write the archive and publish it under the run's own name, so that repeating replaces it; the result names it."""
    content, manifest = pack(partition.records(run.tenant_id), created_at=run.created_at)
    name = archives.publish(run.tenant_id, file_name(run), content)
    total = sum(manifest.counts.values())
    return Step(done=total, total=total, results=({"file": name, "counts": manifest.counts},))


def file_name(run: Run) -> str:
    """What an export's archive is called."""
    return f"{run.id}.zip"
