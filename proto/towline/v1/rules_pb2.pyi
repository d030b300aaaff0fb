import datetime

from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TextForm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TEXT_FORM_UNSPECIFIED: _ClassVar[TextForm]
    TEXT_FORM_REGION: _ClassVar[TextForm]
    TEXT_FORM_TRAFFIC: _ClassVar[TextForm]
    TEXT_FORM_PROVIDER: _ClassVar[TextForm]
    TEXT_FORM_PROVIDERS: _ClassVar[TextForm]
    TEXT_FORM_UNIT: _ClassVar[TextForm]
    TEXT_FORM_INCIDENT: _ClassVar[TextForm]
    TEXT_FORM_OFFER: _ClassVar[TextForm]
    TEXT_FORM_ESCALATION: _ClassVar[TextForm]
    TEXT_FORM_REQUEST_ID: _ClassVar[TextForm]
    TEXT_FORM_REFERENCE: _ClassVar[TextForm]
    TEXT_FORM_WORDS: _ClassVar[TextForm]
    TEXT_FORM_LANGUAGE: _ClassVar[TextForm]
    TEXT_FORM_H3_CELL: _ClassVar[TextForm]
    TEXT_FORM_H3_CELL_TO_9: _ClassVar[TextForm]
    TEXT_FORM_COMPASS: _ClassVar[TextForm]
TEXT_FORM_UNSPECIFIED: TextForm
TEXT_FORM_REGION: TextForm
TEXT_FORM_TRAFFIC: TextForm
TEXT_FORM_PROVIDER: TextForm
TEXT_FORM_PROVIDERS: TextForm
TEXT_FORM_UNIT: TextForm
TEXT_FORM_INCIDENT: TextForm
TEXT_FORM_OFFER: TextForm
TEXT_FORM_ESCALATION: TextForm
TEXT_FORM_REQUEST_ID: TextForm
TEXT_FORM_REFERENCE: TextForm
TEXT_FORM_WORDS: TextForm
TEXT_FORM_LANGUAGE: TextForm
TEXT_FORM_H3_CELL: TextForm
TEXT_FORM_H3_CELL_TO_9: TextForm
TEXT_FORM_COMPASS: TextForm
RULES_FIELD_NUMBER: _ClassVar[int]
rules: _descriptor.FieldDescriptor
ONEOF_RULES_FIELD_NUMBER: _ClassVar[int]
oneof_rules: _descriptor.FieldDescriptor
UNKNOWN_REASON_FIELD_NUMBER: _ClassVar[int]
unknown_reason: _descriptor.FieldDescriptor
FORM_DETAILS_FIELD_NUMBER: _ClassVar[int]
form_details: _descriptor.FieldDescriptor

class FieldRules(_message.Message):
    __slots__ = ("required", "required_unless", "excludes_others", "output_only", "reason", "missing_reason", "form", "max_character_count", "least", "most", "above", "below", "zero_is_unset", "since", "before", "shortest", "longest", "positive", "only", "mask_paths", "mask_message", "list", "part")
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_UNLESS_FIELD_NUMBER: _ClassVar[int]
    EXCLUDES_OTHERS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_ONLY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MISSING_REASON_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    MAX_CHARACTER_COUNT_FIELD_NUMBER: _ClassVar[int]
    LEAST_FIELD_NUMBER: _ClassVar[int]
    MOST_FIELD_NUMBER: _ClassVar[int]
    ABOVE_FIELD_NUMBER: _ClassVar[int]
    BELOW_FIELD_NUMBER: _ClassVar[int]
    ZERO_IS_UNSET_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    SHORTEST_FIELD_NUMBER: _ClassVar[int]
    LONGEST_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_FIELD_NUMBER: _ClassVar[int]
    ONLY_FIELD_NUMBER: _ClassVar[int]
    MASK_PATHS_FIELD_NUMBER: _ClassVar[int]
    MASK_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    LIST_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    required: bool
    required_unless: str
    excludes_others: bool
    output_only: bool
    reason: str
    missing_reason: str
    form: TextForm
    max_character_count: int
    least: float
    most: float
    above: float
    below: float
    zero_is_unset: bool
    since: _timestamp_pb2.Timestamp
    before: _timestamp_pb2.Timestamp
    shortest: _duration_pb2.Duration
    longest: _duration_pb2.Duration
    positive: bool
    only: _containers.RepeatedScalarFieldContainer[str]
    mask_paths: _containers.RepeatedScalarFieldContainer[str]
    mask_message: str
    list: ListRules
    part: PartRules
    def __init__(self, required: _Optional[bool] = ..., required_unless: _Optional[str] = ..., excludes_others: _Optional[bool] = ..., output_only: _Optional[bool] = ..., reason: _Optional[str] = ..., missing_reason: _Optional[str] = ..., form: _Optional[_Union[TextForm, str]] = ..., max_character_count: _Optional[int] = ..., least: _Optional[float] = ..., most: _Optional[float] = ..., above: _Optional[float] = ..., below: _Optional[float] = ..., zero_is_unset: _Optional[bool] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., before: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., shortest: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., longest: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., positive: _Optional[bool] = ..., only: _Optional[_Iterable[str]] = ..., mask_paths: _Optional[_Iterable[str]] = ..., mask_message: _Optional[str] = ..., list: _Optional[_Union[ListRules, _Mapping]] = ..., part: _Optional[_Union[PartRules, _Mapping]] = ...) -> None: ...

class OneofRules(_message.Message):
    __slots__ = ("required", "reason")
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    required: bool
    reason: str
    def __init__(self, required: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class ListRules(_message.Message):
    __slots__ = ("min_count", "max_count", "max_count_option", "reason", "apart")
    MIN_COUNT_FIELD_NUMBER: _ClassVar[int]
    MAX_COUNT_FIELD_NUMBER: _ClassVar[int]
    MAX_COUNT_OPTION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    APART_FIELD_NUMBER: _ClassVar[int]
    min_count: int
    max_count: int
    max_count_option: str
    reason: str
    apart: bool
    def __init__(self, min_count: _Optional[int] = ..., max_count: _Optional[int] = ..., max_count_option: _Optional[str] = ..., reason: _Optional[str] = ..., apart: _Optional[bool] = ...) -> None: ...

class PartRules(_message.Message):
    __slots__ = ("may_lack", "not_read", "refused", "reads_if", "reads_mask", "reads")
    MAY_LACK_FIELD_NUMBER: _ClassVar[int]
    NOT_READ_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    READS_IF_FIELD_NUMBER: _ClassVar[int]
    READS_MASK_FIELD_NUMBER: _ClassVar[int]
    READS_FIELD_NUMBER: _ClassVar[int]
    may_lack: _containers.RepeatedScalarFieldContainer[str]
    not_read: _containers.RepeatedScalarFieldContainer[str]
    refused: _containers.RepeatedScalarFieldContainer[str]
    reads_if: str
    reads_mask: str
    reads: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, may_lack: _Optional[_Iterable[str]] = ..., not_read: _Optional[_Iterable[str]] = ..., refused: _Optional[_Iterable[str]] = ..., reads_if: _Optional[str] = ..., reads_mask: _Optional[str] = ..., reads: _Optional[_Iterable[str]] = ...) -> None: ...

class Form(_message.Message):
    __slots__ = ("pattern", "max_character_count", "reason", "example")
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    MAX_CHARACTER_COUNT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    EXAMPLE_FIELD_NUMBER: _ClassVar[int]
    pattern: str
    max_character_count: int
    reason: str
    example: str
    def __init__(self, pattern: _Optional[str] = ..., max_character_count: _Optional[int] = ..., reason: _Optional[str] = ..., example: _Optional[str] = ...) -> None: ...
