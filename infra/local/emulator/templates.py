"""CloudFormation: template properties arrive typed, and what a provisioner leaves out is applied after it."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

type Record = dict[str, Any]


def typed(properties: Record) -> Record:
    """Template properties with the types that AWS would have read."""
    read: dict[str, Callable[[Any], Any]] = {
        "DeletionProtectionEnabled": lambda value: str(value).lower() == "true",
        "ScalingConfig": lambda value: {"MaximumConcurrency": int(value["MaximumConcurrency"])},
    }
    return {name: read[name](value) if name in read else value for name, value in properties.items()}


def measured(properties: Record) -> Record:
    """The properties of an alarm; one on an expression is kept as one on the first metric of it."""
    if "Metrics" not in properties:
        return properties
    given = next(each["MetricStat"] for each in properties["Metrics"] if "MetricStat" in each)
    first = {**given["Metric"], "Period": given["Period"], "Statistic": given["Stat"]}
    return {name: value for name, value in properties.items() if name != "Metrics"} | first


def wrap(
    handlers: Record,
    what: str,
    read: Callable[[Record], Record],
    then: Callable[[str, Record], None] | None = None,
) -> None:
    """Have a resource type be made from its properties as `read`, and `then(physical id, properties)` follow."""
    create, update = handlers[what]["create"], handlers[what]["update"]

    def created(logical_id: str, properties: Record, stack: str) -> Any:
        resource = create(logical_id, read(properties), stack)
        if then:
            then(resource[0], properties)
        return resource

    def updated(physical_id: str, old: Record, new: Record, *rest: Any) -> Any:
        resource = update(physical_id, read(old), read(new), *rest)
        if then:
            then(resource[0], new)
        return resource

    handlers[what].update(create=created, update=updated)


def table_settings(name: str, properties: Mapping[str, Any], dynamodb: ModuleType) -> None:
    """Apply what a template says of a table and the emulator leaves out."""
    if ttl := properties.get("TimeToLiveSpecification"):
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": ttl})
    if recovery := properties.get("PointInTimeRecoverySpecification"):
        dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": recovery})
    if encryption := properties.get("SSESpecification"):
        description = dynamodb._sse_description_from_spec({**encryption, "Enabled": encryption["SSEEnabled"]})
        dynamodb._tables[name]["SSEDescription"] = description


def with_parameter_values(engine: ModuleType) -> Callable[..., Record]:
    """The transforms of a template, which hear of the values its parameters are given, not of their defaults alone."""
    apply: Callable[..., Record] = engine._apply_transforms

    def applied(template: Record, provided: Any = None, previous: Any = None) -> Record:
        declared = template.get("Parameters", {})
        values = engine._transform_parameters(template, provided, previous)
        with_values = {name: {**parameter, "Default": values.get(name, "")} for name, parameter in declared.items()}
        done = apply({**template, "Parameters": with_values}, provided, previous)
        if "Parameters" in done:
            done["Parameters"] = declared
        return done

    return applied
