"""A record that entitles the comparison to say how a criterion stands, for assessments that tests store by hand."""

from __future__ import annotations

from dataclasses import asdict

from pipelines.values import TrackRecord

RECORD = TrackRecord(40, 20, 19, 0.65)
ENTITLED = asdict(RECORD)
