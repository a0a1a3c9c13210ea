"""Where tests get processes of their own: forked from one that has already imported what takes seconds to import.

They share nothing with the test but files and servers. A process that dies or is killed is as dead as any other.
"""

from __future__ import annotations

import multiprocessing

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(
    [
        "service.cli",
        "service.main",
        "service.worker",
        "service.companion",
        "service.jobs.handlers",
        "service.jobs.inline",
        "service.jobs.work",
        "pipelines.evaluation",
        "pipelines.feedback",
        "pipelines.adapters.chroma",
        "pipelines.adapters.extractive",
        "pipelines.adapters.hashing",
        "tests.commands",
        "tests.warm",
        "tests.service.store.processes",
        # what these import only when they need it
        "psycopg",
        "scipy.optimize",
        "sklearn.feature_extraction.text",
        "sklearn.linear_model",
        "uvicorn.lifespan.on",
        "uvicorn.loops.uvloop",
        "uvicorn.protocols.http.httptools_impl",
        "uvicorn.protocols.websockets.auto",
        "chromadb.api.client",
        "chromadb.api.fastapi",
        "chromadb.api.rust",
        "celery.bin.celery",
        "celery.concurrency.thread",
        "celery.worker.components",
        "celery.worker.consumer",
        "kombu.transport.pyamqp",
        "kombu.transport.redis",
    ]
)
