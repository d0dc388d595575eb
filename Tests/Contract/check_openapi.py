"""Our OpenAPI document, judged by openapi-spec-validator."""

from openapi_spec_validator import OpenAPIV31SpecValidator

from system import ask

document = ask("GET", "/v1/openapi.json")
faults = list(OpenAPIV31SpecValidator(document).iter_errors())
for fault in faults:
    print("/".join(map(str, fault.absolute_path)), fault.message)
operations = sum(len(path.keys() & {"get", "post", "put", "patch", "delete"}) for path in document["paths"].values())
print(f"openapi {document['openapi']}: {operations} operations, {len(faults)} faults")
if faults or operations < 50 or not document["openapi"].startswith("3.1"):
    raise SystemExit(1)
