"""Put everything a tenant may take along into one file."""

from pm_assistant.domain.archive import pack
from pm_assistant.domain.jobs import Job, Step
from pm_assistant.ports.unit import Unit


def export(job: Job, unit: Unit) -> Step:
    """Write the archive and publish it under the job's own name, so that repeating replaces it; the result names it."""
    content, manifest = pack(unit.stores.partition.records(unit.tenant_id), created_at=job.created_at)
    name = unit.archives.publish(unit.tenant_id, file_name(job), content)
    total = sum(manifest.counts.values())
    return Step(done=total, total=total, results=({"file": name, "counts": manifest.counts},))


def file_name(job: Job) -> str:
    """What an export's archive is called."""
    return f"{job.id}.zip"
