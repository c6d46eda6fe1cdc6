"""Put everything a tenant may take along into one file."""

from pm_assistant.domain.archive import pack
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.jobs import Job, JobKind, JobState, Step
from pm_assistant.ports.unit import Unit


def export(job: Job, unit: Unit) -> Step:
    """Write the archive and publish it under the job's own name, so that repeating replaces it; the result names it."""
    content, manifest = pack(unit.stores.partition.records(unit.tenant_id), created_at=job.created_at)
    name = unit.archives.publish(unit.tenant_id, _file_name(job), content)
    total = sum(manifest.counts.values())
    return Step(done=total, total=total, results=({"file": name, "counts": manifest.counts},))


def find_export(job_id: str, unit: Unit) -> tuple[Job, str | None]:
    """An export, and a link to its file that is good for fifteen minutes; no link while it is not done.

    Raises:
        NotFound: there is no such export, or its file is not kept any more.
    """
    job = unit.stores.jobs.get(unit.tenant_id, job_id).seen(unit.now())
    if job.order.kind is not JobKind.EXPORT:
        raise NotFound("no such export")
    done = job.state is JobState.DONE
    return job, unit.archives.download_url(unit.tenant_id, _file_name(job)) if done else None


def _file_name(job: Job) -> str:
    return f"{job.id}.zip"
