"""A boto3 client that fails on answers that the model of the API does not have.

boto3 ignores unknown members and missing ones. strict_client returns a client
that raises Mismatch for an unknown member, a value of another type, a value that
is not of its enum, and a required member that is missing.
"""
import datetime
import json

import boto3
from botocore.config import Config


class Mismatch(Exception):
    pass


def check(shape, value, path):
    """Compares a value of an answer with its shape."""
    kind = shape.type_name
    if value is None:
        raise Mismatch(f"{path}: null")
    if kind == "structure":
        if not isinstance(value, dict):
            raise Mismatch(f"{path}: not an object")
        known = {m.serialization.get("name", name): m for name, m in shape.members.items() if m.serialization.get("location") is None}
        for name in value:
            if name not in known:
                raise Mismatch(f"{path}.{name}: unknown member")
            check(known[name], value[name], f"{path}.{name}")
        for name in shape.required_members:
            member = shape.members[name]
            if member.serialization.get("location") is None and member.serialization.get("name", name) not in value:
                raise Mismatch(f"{path}.{name}: missing")
    elif kind == "list":
        if not isinstance(value, list):
            raise Mismatch(f"{path}: not a list")
        for i, item in enumerate(value):
            check(shape.member, item, f"{path}[{i}]")
    elif kind == "map":
        for name, item in value.items():
            check(shape.value, item, f"{path}.{name}")
    elif kind == "string":
        if not isinstance(value, str):
            raise Mismatch(f"{path}: not a string")
        if shape.enum and value not in shape.enum:
            raise Mismatch(f"{path}: {value!r} is not in the enum {shape.enum}")
    elif kind == "boolean":
        if not isinstance(value, bool):
            raise Mismatch(f"{path}: not a boolean")
    elif kind in ("integer", "long"):
        if isinstance(value, bool) or not isinstance(value, int):
            raise Mismatch(f"{path}: not an integer")
    elif kind in ("float", "double"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Mismatch(f"{path}: not a number")
    elif kind == "timestamp":
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Mismatch(f"{path}: not seconds since 1970")
        datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
    else:
        raise Mismatch(f"{path}: shape of type {kind}")


def strict_client(endpoint, key, secret, region="us-east-1", seen=None, token=None):
    session = boto3.session.Session(aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token, region_name=region)
    client = session.client("quicksight", endpoint_url=endpoint, config=Config(retries={"max_attempts": 0}, parameter_validation=True))

    def after(http_response, model, **_):
        body = http_response.content
        if http_response.status_code >= 300:
            doc = json.loads(body)
            if "x-amzn-ErrorType" not in http_response.headers or set(doc) - {"Message", "RequestId", "ResourceType"}:
                raise Mismatch(f"{model.name}: the shape of the error {http_response.headers} {doc}")
            return
        if seen is not None:
            seen.add(model.name)
        check(model.output_shape, json.loads(body), model.name)

    client.meta.events.register("after-call.quicksight", lambda http_response, model, **kw: after(http_response, model, **kw))

    return client
