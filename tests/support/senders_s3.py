"""An S3 server (moto) on 127.0.0.1 that can demand a user's key, with an account that may read one bucket."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

BUCKET = "office"
REGION = "us-east-1"


@dataclass
class Store:
    """`client`: boto3 with all rights while nobody is checked; `key` and `secret`: of a user who may read."""

    url: str
    client: Any
    key: str
    secret: str

    def address(self, key: str | None = None, secret: str | None = None, bucket: str = BUCKET) -> str:
        user = f"{quote(key or self.key, safe='')}:{quote(secret or self.secret, safe='')}"
        return f"s3://{user}@{bucket}/out?endpoint_url={quote(self.url, safe='')}&region_name={REGION}"

    def check_keys(self, is_checking: bool) -> None:
        """From now on every request must be signed by a known user (or by anybody)."""
        count = b"0" if is_checking else b"inf"
        headers = {"Content-Type": "text/plain"}
        urlopen(Request(f"{self.url}/moto-api/reset-auth", count, headers, method="POST")).read()


@contextmanager
def serve() -> Iterator[Store]:
    """A running server with an empty bucket."""
    import boto3
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    try:
        nobody = {"aws_access_key_id": "x", "aws_secret_access_key": "y", "region_name": REGION, "endpoint_url": url}
        iam = boto3.client("iam", **nobody)
        iam.create_user(UserName="reader")
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
        iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=json.dumps(policy))
        made = iam.create_access_key(UserName="reader")["AccessKey"]
        client = boto3.client("s3", **nobody)
        client.create_bucket(Bucket=BUCKET)
        store = Store(url, client, made["AccessKeyId"], made["SecretAccessKey"])
        yield store
        store.check_keys(False)
        urlopen(Request(f"{url}/moto-api/reset", b"", method="POST")).read()
    finally:
        server.stop()
