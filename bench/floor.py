"""The floor: the least a webhook can cost. A bare view, an HMAC, one Core insert and its commit."""

import hashlib
import hmac
import os
from uuid import uuid4

from flask import Flask, Response, request
from sqlalchemy import Column, LargeBinary, MetaData, String, Table, Uuid, create_engine, insert

from app.database import open_database

metadata = MetaData()
table = Table(
    "floor",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
)


def create_floor(url: str, secret: str, *, threads: int) -> Flask:
    """An app of one view. The engine is a plain one on PostgreSQL; SQLite needs ours to be durable."""
    app = Flask("floor")
    if url.startswith("sqlite"):
        engine = open_database(url, connections=threads).engine
    else:
        engine = create_engine(url, pool_size=threads, max_overflow=0)
    key = secret.encode()
    keep = insert(table)

    @app.post("/webhooks/bench")
    def receive() -> Response:
        body = request.get_data()
        signature = hmac.digest(key, body, hashlib.sha256).hex()
        if not hmac.compare_digest(request.headers["X-Signature"], signature):
            return Response("", 401)
        with engine.begin() as connection:
            connection.execute(keep, {"id": uuid4(), "key": signature, "body": body})
        return Response('{"ok": true}', 200, content_type="application/json")

    return app


SECRET_VARIABLE = "BENCH_SECRET"


def from_environment() -> Flask:
    """The floor for a server that only takes a name."""
    threads = int(os.environ["WARMLINE_WEB_THREADS"])
    return create_floor(os.environ["DATABASE_URL"], os.environ[SECRET_VARIABLE], threads=threads)
