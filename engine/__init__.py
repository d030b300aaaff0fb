"""Dispatch: fleet, ETAs, promises, assignment, coverage, the gRPC service."""
