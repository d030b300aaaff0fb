"""The one job model: every kind of incident as jobs that start somewhere, take time and end somewhere."""

from engine.jobs.job import Job
from engine.jobs.kinds import JobKind, kind_of
from engine.jobs.make import jobs_of

__all__ = ["Job", "JobKind", "jobs_of", "kind_of"]
