"""Put everything a tenant may take along into one file."""

from pm_assistant.domain.archive import pack
from pm_assistant.domain.jobs import Job, Step
from pm_assistant.ports.tenants import Archives, Partition


def export(job: Job, *, partition: Partition, archives: Archives) -> Step:
    """Write the archive and publish it under the run's own name, so that repeating replaces it; the result names it."""
    content, manifest = pack(partition.records(job.tenant_id), created_at=job.created_at)
    name = archives.publish(job.tenant_id, file_name(job), content)
    total = sum(manifest.counts.values())
    return Step(done=total, total=total, results=({"file": name, "counts": manifest.counts},))


def file_name(job: Job) -> str:
    """What an export's archive is called."""
    return f"{job.id}.zip"
