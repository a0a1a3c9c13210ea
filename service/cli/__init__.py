"""The `peerloom` command. Each command is a function in a file of its subject; this one only puts them together."""

from __future__ import annotations

import typer

from service.cli import (
    audit,
    backups,
    bundles,
    demo,
    doctor,
    erasure,
    evaluate,
    jobs,
    keys,
    organizations,
    prompts,
    serving,
    spending,
    top,
    work,
)
from service.cli.console import TellingGroup

app = typer.Typer(
    cls=TellingGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Drafts feedback on learners' work, with its evidence, for a human facilitator to approve.",
)

app.command("demo")(demo.demo)
app.command("serve")(serving.serve)
app.command("worker")(serving.worker)
app.command("migrate")(serving.migrate)
app.command("import")(bundles.import_)
app.command("draft")(work.draft)
app.command("reindex")(work.reindex)
app.command("evaluate")(evaluate.evaluate)
app.command("spending")(spending.spending)
app.command("top")(top.top)
app.command("doctor")(doctor.doctor)
app.command("backup")(backups.backup)
app.command("restore")(backups.restore)
app.command("token")(keys.token)
app.command("invite")(keys.invite)
app.command("reset-second-factor")(keys.reset_second_factor)
app.add_typer(organizations.app, name="organization")
app.add_typer(audit.app, name="audit")
app.add_typer(erasure.app, name="erase")
app.add_typer(keys.app, name="key")
app.add_typer(jobs.app, name="jobs")
app.add_typer(prompts.app, name="prompts")
