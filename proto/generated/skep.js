/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $TypeError = $util.global.TypeError, $String = $util.global.String, $Boolean = $util.global.Boolean, $parseInt = $util.global.parseInt, $BigInt = $util.global.BigInt, $Number = $util.global.Number, $Array = $util.global.Array, $isFinite = $util.global.isFinite;

const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const skep = $root.skep = (() => {

    const skep = {};

    skep.v1 = (function() {

        const v1 = {};

        v1.TaskState = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "NEW"] = 0;
            values[valuesById[64] = "PENDING"] = 64;
            values[valuesById[192] = "ASSIGNED"] = 192;
            values[valuesById[256] = "ACCEPTED"] = 256;
            values[valuesById[320] = "PREPARING"] = 320;
            values[valuesById[384] = "READY"] = 384;
            values[valuesById[448] = "STARTING"] = 448;
            values[valuesById[512] = "RUNNING"] = 512;
            values[valuesById[576] = "COMPLETE"] = 576;
            values[valuesById[640] = "SHUTDOWN"] = 640;
            values[valuesById[704] = "FAILED"] = 704;
            values[valuesById[768] = "REJECTED"] = 768;
            values[valuesById[800] = "REMOVE"] = 800;
            values[valuesById[832] = "ORPHANED"] = 832;
            return values;
        })();

        v1.Mount = (function() {

            const Mount = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Mount.prototype.kind = "";
            Mount.prototype.source = null;
            Mount.prototype.target = "";
            Mount.prototype.readOnly = false;
            Mount.prototype.propagation = null;
            Mount.prototype.sizeBytes = null;
            Mount.prototype.mode = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Mount.prototype, "_source", {
                get: $util.oneOfGetter($oneOfFields = ["source"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Mount.prototype, "_propagation", {
                get: $util.oneOfGetter($oneOfFields = ["propagation"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Mount.prototype, "_sizeBytes", {
                get: $util.oneOfGetter($oneOfFields = ["sizeBytes"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Mount.prototype, "_mode", {
                get: $util.oneOfGetter($oneOfFields = ["mode"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Mount.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(10).string(message.kind);
                if (message.source != null && $Object.hasOwnProperty.call(message, "source"))
                    writer.uint32(18).string(message.source);
                if (message.target != null && $Object.hasOwnProperty.call(message, "target") && message.target !== "")
                    writer.uint32(26).string(message.target);
                if (message.readOnly != null && $Object.hasOwnProperty.call(message, "readOnly") && message.readOnly !== false)
                    writer.uint32(32).bool(message.readOnly);
                if (message.propagation != null && $Object.hasOwnProperty.call(message, "propagation"))
                    writer.uint32(42).string(message.propagation);
                if (message.sizeBytes != null && $Object.hasOwnProperty.call(message, "sizeBytes"))
                    writer.uint32(48).int64(message.sizeBytes);
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode"))
                    writer.uint32(56).uint32(message.mode);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Mount.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.Mount();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.source = reader.stringVerify();
                            message._source = "source";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.target = value;
                            else
                                delete message.target;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.readOnly = value;
                            else
                                delete message.readOnly;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.propagation = reader.stringVerify();
                            message._propagation = "propagation";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            message.sizeBytes = reader.int64();
                            message._sizeBytes = "sizeBytes";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            message.mode = reader.uint32();
                            message._mode = "mode";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Mount.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.Mount)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.Mount: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.Mount();
                if (object.kind != null)
                    if (typeof object.kind !== "string" || object.kind.length)
                        message.kind = $String(object.kind);
                if (object.source != null)
                    message.source = $String(object.source);
                if (object.target != null)
                    if (typeof object.target !== "string" || object.target.length)
                        message.target = $String(object.target);
                if (object.readOnly != null)
                    if (object.readOnly)
                        message.readOnly = $Boolean(object.readOnly);
                if (object.propagation != null)
                    message.propagation = $String(object.propagation);
                if (object.sizeBytes != null)
                    if ($util.Long)
                        message.sizeBytes = $util.Long.fromValue(object.sizeBytes, false);
                    else if (typeof object.sizeBytes === "string")
                        message.sizeBytes = $parseInt(object.sizeBytes, 10);
                    else if (typeof object.sizeBytes === "number")
                        message.sizeBytes = object.sizeBytes;
                    else if (typeof object.sizeBytes === "object")
                        message.sizeBytes = new $util.LongBits(object.sizeBytes.low >>> 0, object.sizeBytes.high >>> 0).toNumber();
                if (object.mode != null)
                    message.mode = object.mode >>> 0;
                return message;
            };

            Mount.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.kind = "";
                    object.target = "";
                    object.readOnly = false;
                }
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                    object.kind = message.kind;
                if (message.source != null && $Object.hasOwnProperty.call(message, "source"))
                    object.source = message.source;
                if (message.target != null && $Object.hasOwnProperty.call(message, "target"))
                    object.target = message.target;
                if (message.readOnly != null && $Object.hasOwnProperty.call(message, "readOnly"))
                    object.readOnly = message.readOnly;
                if (message.propagation != null && $Object.hasOwnProperty.call(message, "propagation"))
                    object.propagation = message.propagation;
                if (message.sizeBytes != null && $Object.hasOwnProperty.call(message, "sizeBytes"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.sizeBytes = typeof message.sizeBytes === "number" ? $BigInt(message.sizeBytes) : $util.Long.fromBits(message.sizeBytes.low >>> 0, message.sizeBytes.high >>> 0, false).toBigInt();
                    else if (typeof message.sizeBytes === "number")
                        object.sizeBytes = options.longs === $String ? $String(message.sizeBytes) : message.sizeBytes;
                    else
                        object.sizeBytes = options.longs === $String ? $util.Long.prototype.toString.call(message.sizeBytes) : options.longs === $Number ? new $util.LongBits(message.sizeBytes.low >>> 0, message.sizeBytes.high >>> 0).toNumber() : message.sizeBytes;
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode"))
                    object.mode = message.mode;
                return object;
            };

            Mount.prototype.toJSON = function() {
                return Mount.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Mount;
        })();

        v1.HealthCheck = (function() {

            const HealthCheck = function (properties) {
                this.test = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            HealthCheck.prototype.test = $util.emptyArray;
            HealthCheck.prototype.intervalMs = 0;
            HealthCheck.prototype.timeoutMs = 0;
            HealthCheck.prototype.retries = 0;
            HealthCheck.prototype.startPeriodMs = 0;
            HealthCheck.prototype.startIntervalMs = 0;

            HealthCheck.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.test != null && message.test.length)
                    for (let i = 0; i < message.test.length; ++i)
                        writer.uint32(10).string(message.test[i]);
                if (message.intervalMs != null && $Object.hasOwnProperty.call(message, "intervalMs") && !$Object.is(message.intervalMs, 0))
                    writer.uint32(17).double(message.intervalMs);
                if (message.timeoutMs != null && $Object.hasOwnProperty.call(message, "timeoutMs") && !$Object.is(message.timeoutMs, 0))
                    writer.uint32(25).double(message.timeoutMs);
                if (message.retries != null && $Object.hasOwnProperty.call(message, "retries") && message.retries !== 0)
                    writer.uint32(32).uint32(message.retries);
                if (message.startPeriodMs != null && $Object.hasOwnProperty.call(message, "startPeriodMs") && !$Object.is(message.startPeriodMs, 0))
                    writer.uint32(41).double(message.startPeriodMs);
                if (message.startIntervalMs != null && $Object.hasOwnProperty.call(message, "startIntervalMs") && !$Object.is(message.startIntervalMs, 0))
                    writer.uint32(49).double(message.startIntervalMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            HealthCheck.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.HealthCheck();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.test && message.test.length))
                                message.test = [];
                            message.test.push(reader.stringVerify());
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.intervalMs = value;
                            else
                                delete message.intervalMs;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.timeoutMs = value;
                            else
                                delete message.timeoutMs;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.retries = value;
                            else
                                delete message.retries;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.startPeriodMs = value;
                            else
                                delete message.startPeriodMs;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.startIntervalMs = value;
                            else
                                delete message.startIntervalMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            HealthCheck.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.HealthCheck)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.HealthCheck: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.HealthCheck();
                if (object.test) {
                    if (!$Array.isArray(object.test))
                        throw $TypeError(".skep.v1.HealthCheck.test: array expected");
                    message.test = $Array(object.test.length);
                    for (let i = 0; i < object.test.length; ++i)
                        message.test[i] = $String(object.test[i]);
                }
                if (object.intervalMs != null)
                    if (!$Object.is($Number(object.intervalMs), 0))
                        message.intervalMs = $Number(object.intervalMs);
                if (object.timeoutMs != null)
                    if (!$Object.is($Number(object.timeoutMs), 0))
                        message.timeoutMs = $Number(object.timeoutMs);
                if (object.retries != null)
                    if ($Number(object.retries) !== 0)
                        message.retries = object.retries >>> 0;
                if (object.startPeriodMs != null)
                    if (!$Object.is($Number(object.startPeriodMs), 0))
                        message.startPeriodMs = $Number(object.startPeriodMs);
                if (object.startIntervalMs != null)
                    if (!$Object.is($Number(object.startIntervalMs), 0))
                        message.startIntervalMs = $Number(object.startIntervalMs);
                return message;
            };

            HealthCheck.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.test = [];
                if (options.defaults) {
                    object.intervalMs = 0;
                    object.timeoutMs = 0;
                    object.retries = 0;
                    object.startPeriodMs = 0;
                    object.startIntervalMs = 0;
                }
                if (message.test && message.test.length) {
                    object.test = $Array(message.test.length);
                    for (let j = 0; j < message.test.length; ++j)
                        object.test[j] = message.test[j];
                }
                if (message.intervalMs != null && $Object.hasOwnProperty.call(message, "intervalMs"))
                    object.intervalMs = options.json && !$isFinite(message.intervalMs) ? $String(message.intervalMs) : message.intervalMs;
                if (message.timeoutMs != null && $Object.hasOwnProperty.call(message, "timeoutMs"))
                    object.timeoutMs = options.json && !$isFinite(message.timeoutMs) ? $String(message.timeoutMs) : message.timeoutMs;
                if (message.retries != null && $Object.hasOwnProperty.call(message, "retries"))
                    object.retries = message.retries;
                if (message.startPeriodMs != null && $Object.hasOwnProperty.call(message, "startPeriodMs"))
                    object.startPeriodMs = options.json && !$isFinite(message.startPeriodMs) ? $String(message.startPeriodMs) : message.startPeriodMs;
                if (message.startIntervalMs != null && $Object.hasOwnProperty.call(message, "startIntervalMs"))
                    object.startIntervalMs = options.json && !$isFinite(message.startIntervalMs) ? $String(message.startIntervalMs) : message.startIntervalMs;
                return object;
            };

            HealthCheck.prototype.toJSON = function() {
                return HealthCheck.toObject(this, $protobuf.util.toJSONOptions);
            };

            return HealthCheck;
        })();

        v1.ContainerSpec = (function() {

            const ContainerSpec = function (properties) {
                this.command = [];
                this.args = [];
                this.env = [];
                this.labels = {};
                this.mounts = [];
                this.hosts = [];
                this.dns = [];
                this.dnsSearch = [];
                this.dnsOptions = [];
                this.capabilityAdd = [];
                this.capabilityDrop = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ContainerSpec.prototype.image = "";
            ContainerSpec.prototype.imageId = null;
            ContainerSpec.prototype.command = $util.emptyArray;
            ContainerSpec.prototype.args = $util.emptyArray;
            ContainerSpec.prototype.env = $util.emptyArray;
            ContainerSpec.prototype.labels = $util.emptyObject;
            ContainerSpec.prototype.workdir = null;
            ContainerSpec.prototype.user = null;
            ContainerSpec.prototype.hostname = null;
            ContainerSpec.prototype.mounts = $util.emptyArray;
            ContainerSpec.prototype.hosts = $util.emptyArray;
            ContainerSpec.prototype.dns = $util.emptyArray;
            ContainerSpec.prototype.dnsSearch = $util.emptyArray;
            ContainerSpec.prototype.dnsOptions = $util.emptyArray;
            ContainerSpec.prototype.stopSignal = null;
            ContainerSpec.prototype.stopGracePeriodMs = 0;
            ContainerSpec.prototype.health = null;
            ContainerSpec.prototype.readOnlyRoot = false;
            ContainerSpec.prototype.init = false;
            ContainerSpec.prototype.tty = false;
            ContainerSpec.prototype.capabilityAdd = $util.emptyArray;
            ContainerSpec.prototype.capabilityDrop = $util.emptyArray;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ContainerSpec.prototype, "_imageId", {
                get: $util.oneOfGetter($oneOfFields = ["imageId"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ContainerSpec.prototype, "_workdir", {
                get: $util.oneOfGetter($oneOfFields = ["workdir"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ContainerSpec.prototype, "_user", {
                get: $util.oneOfGetter($oneOfFields = ["user"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ContainerSpec.prototype, "_hostname", {
                get: $util.oneOfGetter($oneOfFields = ["hostname"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ContainerSpec.prototype, "_stopSignal", {
                get: $util.oneOfGetter($oneOfFields = ["stopSignal"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ContainerSpec.prototype, "_health", {
                get: $util.oneOfGetter($oneOfFields = ["health"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            ContainerSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.image != null && $Object.hasOwnProperty.call(message, "image") && message.image !== "")
                    writer.uint32(10).string(message.image);
                if (message.imageId != null && $Object.hasOwnProperty.call(message, "imageId"))
                    writer.uint32(18).string(message.imageId);
                if (message.command != null && message.command.length)
                    for (let i = 0; i < message.command.length; ++i)
                        writer.uint32(26).string(message.command[i]);
                if (message.args != null && message.args.length)
                    for (let i = 0; i < message.args.length; ++i)
                        writer.uint32(34).string(message.args[i]);
                if (message.env != null && message.env.length)
                    for (let i = 0; i < message.env.length; ++i)
                        writer.uint32(42).string(message.env[i]);
                if (message.labels != null && $Object.hasOwnProperty.call(message, "labels"))
                    for (let keys = $Object.keys(message.labels), i = 0; i < keys.length; ++i)
                        writer.uint32(50).fork().uint32(10).string(keys[i]).uint32(18).string(message.labels[keys[i]]).ldelim();
                if (message.workdir != null && $Object.hasOwnProperty.call(message, "workdir"))
                    writer.uint32(58).string(message.workdir);
                if (message.user != null && $Object.hasOwnProperty.call(message, "user"))
                    writer.uint32(66).string(message.user);
                if (message.hostname != null && $Object.hasOwnProperty.call(message, "hostname"))
                    writer.uint32(74).string(message.hostname);
                if (message.mounts != null && message.mounts.length)
                    for (let i = 0; i < message.mounts.length; ++i)
                        $root.skep.v1.Mount.encode(message.mounts[i], writer.uint32(82).fork(), _depth + 1).ldelim();
                if (message.hosts != null && message.hosts.length)
                    for (let i = 0; i < message.hosts.length; ++i)
                        writer.uint32(90).string(message.hosts[i]);
                if (message.dns != null && message.dns.length)
                    for (let i = 0; i < message.dns.length; ++i)
                        writer.uint32(98).string(message.dns[i]);
                if (message.dnsSearch != null && message.dnsSearch.length)
                    for (let i = 0; i < message.dnsSearch.length; ++i)
                        writer.uint32(106).string(message.dnsSearch[i]);
                if (message.dnsOptions != null && message.dnsOptions.length)
                    for (let i = 0; i < message.dnsOptions.length; ++i)
                        writer.uint32(114).string(message.dnsOptions[i]);
                if (message.stopSignal != null && $Object.hasOwnProperty.call(message, "stopSignal"))
                    writer.uint32(122).string(message.stopSignal);
                if (message.stopGracePeriodMs != null && $Object.hasOwnProperty.call(message, "stopGracePeriodMs") && !$Object.is(message.stopGracePeriodMs, 0))
                    writer.uint32(129).double(message.stopGracePeriodMs);
                if (message.health != null && $Object.hasOwnProperty.call(message, "health"))
                    $root.skep.v1.HealthCheck.encode(message.health, writer.uint32(138).fork(), _depth + 1).ldelim();
                if (message.readOnlyRoot != null && $Object.hasOwnProperty.call(message, "readOnlyRoot") && message.readOnlyRoot !== false)
                    writer.uint32(144).bool(message.readOnlyRoot);
                if (message.init != null && $Object.hasOwnProperty.call(message, "init") && message.init !== false)
                    writer.uint32(152).bool(message.init);
                if (message.tty != null && $Object.hasOwnProperty.call(message, "tty") && message.tty !== false)
                    writer.uint32(160).bool(message.tty);
                if (message.capabilityAdd != null && message.capabilityAdd.length)
                    for (let i = 0; i < message.capabilityAdd.length; ++i)
                        writer.uint32(170).string(message.capabilityAdd[i]);
                if (message.capabilityDrop != null && message.capabilityDrop.length)
                    for (let i = 0; i < message.capabilityDrop.length; ++i)
                        writer.uint32(178).string(message.capabilityDrop[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ContainerSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ContainerSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.image = value;
                            else
                                delete message.image;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.imageId = reader.stringVerify();
                            message._imageId = "imageId";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.command && message.command.length))
                                message.command = [];
                            message.command.push(reader.stringVerify());
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.args && message.args.length))
                                message.args = [];
                            message.args.push(reader.stringVerify());
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (!(message.env && message.env.length))
                                message.env = [];
                            message.env.push(reader.stringVerify());
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (message.labels === $util.emptyObject)
                                message.labels = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = "";
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = reader.stringVerify();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.labels, key);
                            message.labels[key] = value;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.workdir = reader.stringVerify();
                            message._workdir = "workdir";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.user = reader.stringVerify();
                            message._user = "user";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.hostname = reader.stringVerify();
                            message._hostname = "hostname";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if (!(message.mounts && message.mounts.length))
                                message.mounts = [];
                            message.mounts.push($root.skep.v1.Mount.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if (!(message.hosts && message.hosts.length))
                                message.hosts = [];
                            message.hosts.push(reader.stringVerify());
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            if (!(message.dns && message.dns.length))
                                message.dns = [];
                            message.dns.push(reader.stringVerify());
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            if (!(message.dnsSearch && message.dnsSearch.length))
                                message.dnsSearch = [];
                            message.dnsSearch.push(reader.stringVerify());
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            if (!(message.dnsOptions && message.dnsOptions.length))
                                message.dnsOptions = [];
                            message.dnsOptions.push(reader.stringVerify());
                            continue;
                        }
                    case 15: {
                            if (wireType !== 2)
                                break;
                            message.stopSignal = reader.stringVerify();
                            message._stopSignal = "stopSignal";
                            continue;
                        }
                    case 16: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.stopGracePeriodMs = value;
                            else
                                delete message.stopGracePeriodMs;
                            continue;
                        }
                    case 17: {
                            if (wireType !== 2)
                                break;
                            message.health = $root.skep.v1.HealthCheck.decode(reader, reader.size(), $undefined, _depth + 1, message.health);
                            message._health = "health";
                            continue;
                        }
                    case 18: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.readOnlyRoot = value;
                            else
                                delete message.readOnlyRoot;
                            continue;
                        }
                    case 19: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.init = value;
                            else
                                delete message.init;
                            continue;
                        }
                    case 20: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.tty = value;
                            else
                                delete message.tty;
                            continue;
                        }
                    case 21: {
                            if (wireType !== 2)
                                break;
                            if (!(message.capabilityAdd && message.capabilityAdd.length))
                                message.capabilityAdd = [];
                            message.capabilityAdd.push(reader.stringVerify());
                            continue;
                        }
                    case 22: {
                            if (wireType !== 2)
                                break;
                            if (!(message.capabilityDrop && message.capabilityDrop.length))
                                message.capabilityDrop = [];
                            message.capabilityDrop.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ContainerSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ContainerSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ContainerSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ContainerSpec();
                if (object.image != null)
                    if (typeof object.image !== "string" || object.image.length)
                        message.image = $String(object.image);
                if (object.imageId != null)
                    message.imageId = $String(object.imageId);
                if (object.command) {
                    if (!$Array.isArray(object.command))
                        throw $TypeError(".skep.v1.ContainerSpec.command: array expected");
                    message.command = $Array(object.command.length);
                    for (let i = 0; i < object.command.length; ++i)
                        message.command[i] = $String(object.command[i]);
                }
                if (object.args) {
                    if (!$Array.isArray(object.args))
                        throw $TypeError(".skep.v1.ContainerSpec.args: array expected");
                    message.args = $Array(object.args.length);
                    for (let i = 0; i < object.args.length; ++i)
                        message.args[i] = $String(object.args[i]);
                }
                if (object.env) {
                    if (!$Array.isArray(object.env))
                        throw $TypeError(".skep.v1.ContainerSpec.env: array expected");
                    message.env = $Array(object.env.length);
                    for (let i = 0; i < object.env.length; ++i)
                        message.env[i] = $String(object.env[i]);
                }
                if (object.labels) {
                    if (!$util.isObject(object.labels))
                        throw $TypeError(".skep.v1.ContainerSpec.labels: object expected");
                    message.labels = {};
                    for (let keys = $Object.keys(object.labels), i = 0; i < keys.length; ++i) {
                        if (keys[i] === "__proto__")
                            $util.makeProp(message.labels, keys[i]);
                        message.labels[keys[i]] = $String(object.labels[keys[i]]);
                    }
                }
                if (object.workdir != null)
                    message.workdir = $String(object.workdir);
                if (object.user != null)
                    message.user = $String(object.user);
                if (object.hostname != null)
                    message.hostname = $String(object.hostname);
                if (object.mounts) {
                    if (!$Array.isArray(object.mounts))
                        throw $TypeError(".skep.v1.ContainerSpec.mounts: array expected");
                    message.mounts = $Array(object.mounts.length);
                    for (let i = 0; i < object.mounts.length; ++i) {
                        if (!$util.isObject(object.mounts[i]))
                            throw $TypeError(".skep.v1.ContainerSpec.mounts: object expected");
                        message.mounts[i] = $root.skep.v1.Mount.fromObject(object.mounts[i], _depth + 1);
                    }
                }
                if (object.hosts) {
                    if (!$Array.isArray(object.hosts))
                        throw $TypeError(".skep.v1.ContainerSpec.hosts: array expected");
                    message.hosts = $Array(object.hosts.length);
                    for (let i = 0; i < object.hosts.length; ++i)
                        message.hosts[i] = $String(object.hosts[i]);
                }
                if (object.dns) {
                    if (!$Array.isArray(object.dns))
                        throw $TypeError(".skep.v1.ContainerSpec.dns: array expected");
                    message.dns = $Array(object.dns.length);
                    for (let i = 0; i < object.dns.length; ++i)
                        message.dns[i] = $String(object.dns[i]);
                }
                if (object.dnsSearch) {
                    if (!$Array.isArray(object.dnsSearch))
                        throw $TypeError(".skep.v1.ContainerSpec.dnsSearch: array expected");
                    message.dnsSearch = $Array(object.dnsSearch.length);
                    for (let i = 0; i < object.dnsSearch.length; ++i)
                        message.dnsSearch[i] = $String(object.dnsSearch[i]);
                }
                if (object.dnsOptions) {
                    if (!$Array.isArray(object.dnsOptions))
                        throw $TypeError(".skep.v1.ContainerSpec.dnsOptions: array expected");
                    message.dnsOptions = $Array(object.dnsOptions.length);
                    for (let i = 0; i < object.dnsOptions.length; ++i)
                        message.dnsOptions[i] = $String(object.dnsOptions[i]);
                }
                if (object.stopSignal != null)
                    message.stopSignal = $String(object.stopSignal);
                if (object.stopGracePeriodMs != null)
                    if (!$Object.is($Number(object.stopGracePeriodMs), 0))
                        message.stopGracePeriodMs = $Number(object.stopGracePeriodMs);
                if (object.health != null) {
                    if (!$util.isObject(object.health))
                        throw $TypeError(".skep.v1.ContainerSpec.health: object expected");
                    message.health = $root.skep.v1.HealthCheck.fromObject(object.health, _depth + 1);
                }
                if (object.readOnlyRoot != null)
                    if (object.readOnlyRoot)
                        message.readOnlyRoot = $Boolean(object.readOnlyRoot);
                if (object.init != null)
                    if (object.init)
                        message.init = $Boolean(object.init);
                if (object.tty != null)
                    if (object.tty)
                        message.tty = $Boolean(object.tty);
                if (object.capabilityAdd) {
                    if (!$Array.isArray(object.capabilityAdd))
                        throw $TypeError(".skep.v1.ContainerSpec.capabilityAdd: array expected");
                    message.capabilityAdd = $Array(object.capabilityAdd.length);
                    for (let i = 0; i < object.capabilityAdd.length; ++i)
                        message.capabilityAdd[i] = $String(object.capabilityAdd[i]);
                }
                if (object.capabilityDrop) {
                    if (!$Array.isArray(object.capabilityDrop))
                        throw $TypeError(".skep.v1.ContainerSpec.capabilityDrop: array expected");
                    message.capabilityDrop = $Array(object.capabilityDrop.length);
                    for (let i = 0; i < object.capabilityDrop.length; ++i)
                        message.capabilityDrop[i] = $String(object.capabilityDrop[i]);
                }
                return message;
            };

            ContainerSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.command = [];
                    object.args = [];
                    object.env = [];
                    object.mounts = [];
                    object.hosts = [];
                    object.dns = [];
                    object.dnsSearch = [];
                    object.dnsOptions = [];
                    object.capabilityAdd = [];
                    object.capabilityDrop = [];
                }
                if (options.objects || options.defaults)
                    object.labels = {};
                if (options.defaults) {
                    object.image = "";
                    object.stopGracePeriodMs = 0;
                    object.readOnlyRoot = false;
                    object.init = false;
                    object.tty = false;
                }
                if (message.image != null && $Object.hasOwnProperty.call(message, "image"))
                    object.image = message.image;
                if (message.imageId != null && $Object.hasOwnProperty.call(message, "imageId"))
                    object.imageId = message.imageId;
                if (message.command && message.command.length) {
                    object.command = $Array(message.command.length);
                    for (let j = 0; j < message.command.length; ++j)
                        object.command[j] = message.command[j];
                }
                if (message.args && message.args.length) {
                    object.args = $Array(message.args.length);
                    for (let j = 0; j < message.args.length; ++j)
                        object.args[j] = message.args[j];
                }
                if (message.env && message.env.length) {
                    object.env = $Array(message.env.length);
                    for (let j = 0; j < message.env.length; ++j)
                        object.env[j] = message.env[j];
                }
                let keys2;
                if (message.labels && (keys2 = $Object.keys(message.labels)).length) {
                    object.labels = {};
                    for (let j = 0; j < keys2.length; ++j) {
                        if (keys2[j] === "__proto__")
                            $util.makeProp(object.labels, keys2[j]);
                        object.labels[keys2[j]] = message.labels[keys2[j]];
                    }
                }
                if (message.workdir != null && $Object.hasOwnProperty.call(message, "workdir"))
                    object.workdir = message.workdir;
                if (message.user != null && $Object.hasOwnProperty.call(message, "user"))
                    object.user = message.user;
                if (message.hostname != null && $Object.hasOwnProperty.call(message, "hostname"))
                    object.hostname = message.hostname;
                if (message.mounts && message.mounts.length) {
                    object.mounts = $Array(message.mounts.length);
                    for (let j = 0; j < message.mounts.length; ++j)
                        object.mounts[j] = $root.skep.v1.Mount.toObject(message.mounts[j], options, _depth + 1);
                }
                if (message.hosts && message.hosts.length) {
                    object.hosts = $Array(message.hosts.length);
                    for (let j = 0; j < message.hosts.length; ++j)
                        object.hosts[j] = message.hosts[j];
                }
                if (message.dns && message.dns.length) {
                    object.dns = $Array(message.dns.length);
                    for (let j = 0; j < message.dns.length; ++j)
                        object.dns[j] = message.dns[j];
                }
                if (message.dnsSearch && message.dnsSearch.length) {
                    object.dnsSearch = $Array(message.dnsSearch.length);
                    for (let j = 0; j < message.dnsSearch.length; ++j)
                        object.dnsSearch[j] = message.dnsSearch[j];
                }
                if (message.dnsOptions && message.dnsOptions.length) {
                    object.dnsOptions = $Array(message.dnsOptions.length);
                    for (let j = 0; j < message.dnsOptions.length; ++j)
                        object.dnsOptions[j] = message.dnsOptions[j];
                }
                if (message.stopSignal != null && $Object.hasOwnProperty.call(message, "stopSignal"))
                    object.stopSignal = message.stopSignal;
                if (message.stopGracePeriodMs != null && $Object.hasOwnProperty.call(message, "stopGracePeriodMs"))
                    object.stopGracePeriodMs = options.json && !$isFinite(message.stopGracePeriodMs) ? $String(message.stopGracePeriodMs) : message.stopGracePeriodMs;
                if (message.health != null && $Object.hasOwnProperty.call(message, "health"))
                    object.health = $root.skep.v1.HealthCheck.toObject(message.health, options, _depth + 1);
                if (message.readOnlyRoot != null && $Object.hasOwnProperty.call(message, "readOnlyRoot"))
                    object.readOnlyRoot = message.readOnlyRoot;
                if (message.init != null && $Object.hasOwnProperty.call(message, "init"))
                    object.init = message.init;
                if (message.tty != null && $Object.hasOwnProperty.call(message, "tty"))
                    object.tty = message.tty;
                if (message.capabilityAdd && message.capabilityAdd.length) {
                    object.capabilityAdd = $Array(message.capabilityAdd.length);
                    for (let j = 0; j < message.capabilityAdd.length; ++j)
                        object.capabilityAdd[j] = message.capabilityAdd[j];
                }
                if (message.capabilityDrop && message.capabilityDrop.length) {
                    object.capabilityDrop = $Array(message.capabilityDrop.length);
                    for (let j = 0; j < message.capabilityDrop.length; ++j)
                        object.capabilityDrop[j] = message.capabilityDrop[j];
                }
                return object;
            };

            ContainerSpec.prototype.toJSON = function() {
                return ContainerSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ContainerSpec;
        })();

        v1.ServiceMode = (function() {

            const ServiceMode = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ServiceMode.prototype.kind = "";
            ServiceMode.prototype.replicas = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ServiceMode.prototype, "_replicas", {
                get: $util.oneOfGetter($oneOfFields = ["replicas"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            ServiceMode.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(10).string(message.kind);
                if (message.replicas != null && $Object.hasOwnProperty.call(message, "replicas"))
                    writer.uint32(16).uint32(message.replicas);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ServiceMode.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ServiceMode();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            message.replicas = reader.uint32();
                            message._replicas = "replicas";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ServiceMode.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ServiceMode)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ServiceMode: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ServiceMode();
                if (object.kind != null)
                    if (typeof object.kind !== "string" || object.kind.length)
                        message.kind = $String(object.kind);
                if (object.replicas != null)
                    message.replicas = object.replicas >>> 0;
                return message;
            };

            ServiceMode.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.kind = "";
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                    object.kind = message.kind;
                if (message.replicas != null && $Object.hasOwnProperty.call(message, "replicas"))
                    object.replicas = message.replicas;
                return object;
            };

            ServiceMode.prototype.toJSON = function() {
                return ServiceMode.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ServiceMode;
        })();

        v1.Resources = (function() {

            const Resources = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Resources.prototype.nanoCpus = null;
            Resources.prototype.memoryBytes = null;
            Resources.prototype.pids = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Resources.prototype, "_nanoCpus", {
                get: $util.oneOfGetter($oneOfFields = ["nanoCpus"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Resources.prototype, "_memoryBytes", {
                get: $util.oneOfGetter($oneOfFields = ["memoryBytes"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Resources.prototype, "_pids", {
                get: $util.oneOfGetter($oneOfFields = ["pids"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Resources.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.nanoCpus != null && $Object.hasOwnProperty.call(message, "nanoCpus"))
                    writer.uint32(8).int64(message.nanoCpus);
                if (message.memoryBytes != null && $Object.hasOwnProperty.call(message, "memoryBytes"))
                    writer.uint32(16).int64(message.memoryBytes);
                if (message.pids != null && $Object.hasOwnProperty.call(message, "pids"))
                    writer.uint32(24).int64(message.pids);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Resources.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.Resources();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            message.nanoCpus = reader.int64();
                            message._nanoCpus = "nanoCpus";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            message.memoryBytes = reader.int64();
                            message._memoryBytes = "memoryBytes";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.pids = reader.int64();
                            message._pids = "pids";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Resources.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.Resources)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.Resources: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.Resources();
                if (object.nanoCpus != null)
                    if ($util.Long)
                        message.nanoCpus = $util.Long.fromValue(object.nanoCpus, false);
                    else if (typeof object.nanoCpus === "string")
                        message.nanoCpus = $parseInt(object.nanoCpus, 10);
                    else if (typeof object.nanoCpus === "number")
                        message.nanoCpus = object.nanoCpus;
                    else if (typeof object.nanoCpus === "object")
                        message.nanoCpus = new $util.LongBits(object.nanoCpus.low >>> 0, object.nanoCpus.high >>> 0).toNumber();
                if (object.memoryBytes != null)
                    if ($util.Long)
                        message.memoryBytes = $util.Long.fromValue(object.memoryBytes, false);
                    else if (typeof object.memoryBytes === "string")
                        message.memoryBytes = $parseInt(object.memoryBytes, 10);
                    else if (typeof object.memoryBytes === "number")
                        message.memoryBytes = object.memoryBytes;
                    else if (typeof object.memoryBytes === "object")
                        message.memoryBytes = new $util.LongBits(object.memoryBytes.low >>> 0, object.memoryBytes.high >>> 0).toNumber();
                if (object.pids != null)
                    if ($util.Long)
                        message.pids = $util.Long.fromValue(object.pids, false);
                    else if (typeof object.pids === "string")
                        message.pids = $parseInt(object.pids, 10);
                    else if (typeof object.pids === "number")
                        message.pids = object.pids;
                    else if (typeof object.pids === "object")
                        message.pids = new $util.LongBits(object.pids.low >>> 0, object.pids.high >>> 0).toNumber();
                return message;
            };

            Resources.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (message.nanoCpus != null && $Object.hasOwnProperty.call(message, "nanoCpus"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.nanoCpus = typeof message.nanoCpus === "number" ? $BigInt(message.nanoCpus) : $util.Long.fromBits(message.nanoCpus.low >>> 0, message.nanoCpus.high >>> 0, false).toBigInt();
                    else if (typeof message.nanoCpus === "number")
                        object.nanoCpus = options.longs === $String ? $String(message.nanoCpus) : message.nanoCpus;
                    else
                        object.nanoCpus = options.longs === $String ? $util.Long.prototype.toString.call(message.nanoCpus) : options.longs === $Number ? new $util.LongBits(message.nanoCpus.low >>> 0, message.nanoCpus.high >>> 0).toNumber() : message.nanoCpus;
                if (message.memoryBytes != null && $Object.hasOwnProperty.call(message, "memoryBytes"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.memoryBytes = typeof message.memoryBytes === "number" ? $BigInt(message.memoryBytes) : $util.Long.fromBits(message.memoryBytes.low >>> 0, message.memoryBytes.high >>> 0, false).toBigInt();
                    else if (typeof message.memoryBytes === "number")
                        object.memoryBytes = options.longs === $String ? $String(message.memoryBytes) : message.memoryBytes;
                    else
                        object.memoryBytes = options.longs === $String ? $util.Long.prototype.toString.call(message.memoryBytes) : options.longs === $Number ? new $util.LongBits(message.memoryBytes.low >>> 0, message.memoryBytes.high >>> 0).toNumber() : message.memoryBytes;
                if (message.pids != null && $Object.hasOwnProperty.call(message, "pids"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.pids = typeof message.pids === "number" ? $BigInt(message.pids) : $util.Long.fromBits(message.pids.low >>> 0, message.pids.high >>> 0, false).toBigInt();
                    else if (typeof message.pids === "number")
                        object.pids = options.longs === $String ? $String(message.pids) : message.pids;
                    else
                        object.pids = options.longs === $String ? $util.Long.prototype.toString.call(message.pids) : options.longs === $Number ? new $util.LongBits(message.pids.low >>> 0, message.pids.high >>> 0).toNumber() : message.pids;
                return object;
            };

            Resources.prototype.toJSON = function() {
                return Resources.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Resources;
        })();

        v1.RestartPolicy = (function() {

            const RestartPolicy = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RestartPolicy.prototype.condition = "";
            RestartPolicy.prototype.delayMs = 0;
            RestartPolicy.prototype.maxAttempts = 0;
            RestartPolicy.prototype.windowMs = 0;

            RestartPolicy.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.condition != null && $Object.hasOwnProperty.call(message, "condition") && message.condition !== "")
                    writer.uint32(10).string(message.condition);
                if (message.delayMs != null && $Object.hasOwnProperty.call(message, "delayMs") && !$Object.is(message.delayMs, 0))
                    writer.uint32(17).double(message.delayMs);
                if (message.maxAttempts != null && $Object.hasOwnProperty.call(message, "maxAttempts") && message.maxAttempts !== 0)
                    writer.uint32(24).uint32(message.maxAttempts);
                if (message.windowMs != null && $Object.hasOwnProperty.call(message, "windowMs") && !$Object.is(message.windowMs, 0))
                    writer.uint32(33).double(message.windowMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RestartPolicy.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.RestartPolicy();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.condition = value;
                            else
                                delete message.condition;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.delayMs = value;
                            else
                                delete message.delayMs;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.maxAttempts = value;
                            else
                                delete message.maxAttempts;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.windowMs = value;
                            else
                                delete message.windowMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            RestartPolicy.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.RestartPolicy)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.RestartPolicy: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.RestartPolicy();
                if (object.condition != null)
                    if (typeof object.condition !== "string" || object.condition.length)
                        message.condition = $String(object.condition);
                if (object.delayMs != null)
                    if (!$Object.is($Number(object.delayMs), 0))
                        message.delayMs = $Number(object.delayMs);
                if (object.maxAttempts != null)
                    if ($Number(object.maxAttempts) !== 0)
                        message.maxAttempts = object.maxAttempts >>> 0;
                if (object.windowMs != null)
                    if (!$Object.is($Number(object.windowMs), 0))
                        message.windowMs = $Number(object.windowMs);
                return message;
            };

            RestartPolicy.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.condition = "";
                    object.delayMs = 0;
                    object.maxAttempts = 0;
                    object.windowMs = 0;
                }
                if (message.condition != null && $Object.hasOwnProperty.call(message, "condition"))
                    object.condition = message.condition;
                if (message.delayMs != null && $Object.hasOwnProperty.call(message, "delayMs"))
                    object.delayMs = options.json && !$isFinite(message.delayMs) ? $String(message.delayMs) : message.delayMs;
                if (message.maxAttempts != null && $Object.hasOwnProperty.call(message, "maxAttempts"))
                    object.maxAttempts = message.maxAttempts;
                if (message.windowMs != null && $Object.hasOwnProperty.call(message, "windowMs"))
                    object.windowMs = options.json && !$isFinite(message.windowMs) ? $String(message.windowMs) : message.windowMs;
                return object;
            };

            RestartPolicy.prototype.toJSON = function() {
                return RestartPolicy.toObject(this, $protobuf.util.toJSONOptions);
            };

            return RestartPolicy;
        })();

        v1.Placement = (function() {

            const Placement = function (properties) {
                this.constraints = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Placement.prototype.constraints = $util.emptyArray;
            Placement.prototype.maxReplicasPerNode = 0;

            Placement.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.constraints != null && message.constraints.length)
                    for (let i = 0; i < message.constraints.length; ++i)
                        writer.uint32(10).string(message.constraints[i]);
                if (message.maxReplicasPerNode != null && $Object.hasOwnProperty.call(message, "maxReplicasPerNode") && message.maxReplicasPerNode !== 0)
                    writer.uint32(16).uint32(message.maxReplicasPerNode);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Placement.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.Placement();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.constraints && message.constraints.length))
                                message.constraints = [];
                            message.constraints.push(reader.stringVerify());
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.maxReplicasPerNode = value;
                            else
                                delete message.maxReplicasPerNode;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Placement.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.Placement)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.Placement: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.Placement();
                if (object.constraints) {
                    if (!$Array.isArray(object.constraints))
                        throw $TypeError(".skep.v1.Placement.constraints: array expected");
                    message.constraints = $Array(object.constraints.length);
                    for (let i = 0; i < object.constraints.length; ++i)
                        message.constraints[i] = $String(object.constraints[i]);
                }
                if (object.maxReplicasPerNode != null)
                    if ($Number(object.maxReplicasPerNode) !== 0)
                        message.maxReplicasPerNode = object.maxReplicasPerNode >>> 0;
                return message;
            };

            Placement.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.constraints = [];
                if (options.defaults)
                    object.maxReplicasPerNode = 0;
                if (message.constraints && message.constraints.length) {
                    object.constraints = $Array(message.constraints.length);
                    for (let j = 0; j < message.constraints.length; ++j)
                        object.constraints[j] = message.constraints[j];
                }
                if (message.maxReplicasPerNode != null && $Object.hasOwnProperty.call(message, "maxReplicasPerNode"))
                    object.maxReplicasPerNode = message.maxReplicasPerNode;
                return object;
            };

            Placement.prototype.toJSON = function() {
                return Placement.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Placement;
        })();

        v1.NetworkAttachmentSpec = (function() {

            const NetworkAttachmentSpec = function (properties) {
                this.aliases = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            NetworkAttachmentSpec.prototype.target = "";
            NetworkAttachmentSpec.prototype.aliases = $util.emptyArray;

            NetworkAttachmentSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.target != null && $Object.hasOwnProperty.call(message, "target") && message.target !== "")
                    writer.uint32(10).string(message.target);
                if (message.aliases != null && message.aliases.length)
                    for (let i = 0; i < message.aliases.length; ++i)
                        writer.uint32(18).string(message.aliases[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            NetworkAttachmentSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.NetworkAttachmentSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.target = value;
                            else
                                delete message.target;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.aliases && message.aliases.length))
                                message.aliases = [];
                            message.aliases.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            NetworkAttachmentSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.NetworkAttachmentSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.NetworkAttachmentSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.NetworkAttachmentSpec();
                if (object.target != null)
                    if (typeof object.target !== "string" || object.target.length)
                        message.target = $String(object.target);
                if (object.aliases) {
                    if (!$Array.isArray(object.aliases))
                        throw $TypeError(".skep.v1.NetworkAttachmentSpec.aliases: array expected");
                    message.aliases = $Array(object.aliases.length);
                    for (let i = 0; i < object.aliases.length; ++i)
                        message.aliases[i] = $String(object.aliases[i]);
                }
                return message;
            };

            NetworkAttachmentSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.aliases = [];
                if (options.defaults)
                    object.target = "";
                if (message.target != null && $Object.hasOwnProperty.call(message, "target"))
                    object.target = message.target;
                if (message.aliases && message.aliases.length) {
                    object.aliases = $Array(message.aliases.length);
                    for (let j = 0; j < message.aliases.length; ++j)
                        object.aliases[j] = message.aliases[j];
                }
                return object;
            };

            NetworkAttachmentSpec.prototype.toJSON = function() {
                return NetworkAttachmentSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return NetworkAttachmentSpec;
        })();

        v1.TaskSpec = (function() {

            const TaskSpec = function (properties) {
                this.networks = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            TaskSpec.prototype.container = null;
            TaskSpec.prototype.limits = null;
            TaskSpec.prototype.reservations = null;
            TaskSpec.prototype.restart = null;
            TaskSpec.prototype.placement = null;
            TaskSpec.prototype.networks = $util.emptyArray;
            TaskSpec.prototype.drainMs = 0;
            TaskSpec.prototype.forceUpdate = 0;

            TaskSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.container != null && $Object.hasOwnProperty.call(message, "container"))
                    $root.skep.v1.ContainerSpec.encode(message.container, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.limits != null && $Object.hasOwnProperty.call(message, "limits"))
                    $root.skep.v1.Resources.encode(message.limits, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.reservations != null && $Object.hasOwnProperty.call(message, "reservations"))
                    $root.skep.v1.Resources.encode(message.reservations, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.restart != null && $Object.hasOwnProperty.call(message, "restart"))
                    $root.skep.v1.RestartPolicy.encode(message.restart, writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.placement != null && $Object.hasOwnProperty.call(message, "placement"))
                    $root.skep.v1.Placement.encode(message.placement, writer.uint32(42).fork(), _depth + 1).ldelim();
                if (message.networks != null && message.networks.length)
                    for (let i = 0; i < message.networks.length; ++i)
                        $root.skep.v1.NetworkAttachmentSpec.encode(message.networks[i], writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.drainMs != null && $Object.hasOwnProperty.call(message, "drainMs") && !$Object.is(message.drainMs, 0))
                    writer.uint32(57).double(message.drainMs);
                if (message.forceUpdate != null && $Object.hasOwnProperty.call(message, "forceUpdate") && message.forceUpdate !== 0)
                    writer.uint32(64).uint32(message.forceUpdate);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            TaskSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.TaskSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.container = $root.skep.v1.ContainerSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.container);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.limits = $root.skep.v1.Resources.decode(reader, reader.size(), $undefined, _depth + 1, message.limits);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.reservations = $root.skep.v1.Resources.decode(reader, reader.size(), $undefined, _depth + 1, message.reservations);
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.restart = $root.skep.v1.RestartPolicy.decode(reader, reader.size(), $undefined, _depth + 1, message.restart);
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.placement = $root.skep.v1.Placement.decode(reader, reader.size(), $undefined, _depth + 1, message.placement);
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (!(message.networks && message.networks.length))
                                message.networks = [];
                            message.networks.push($root.skep.v1.NetworkAttachmentSpec.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 7: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.drainMs = value;
                            else
                                delete message.drainMs;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.forceUpdate = value;
                            else
                                delete message.forceUpdate;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            TaskSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.TaskSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.TaskSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.TaskSpec();
                if (object.container != null) {
                    if (!$util.isObject(object.container))
                        throw $TypeError(".skep.v1.TaskSpec.container: object expected");
                    message.container = $root.skep.v1.ContainerSpec.fromObject(object.container, _depth + 1);
                }
                if (object.limits != null) {
                    if (!$util.isObject(object.limits))
                        throw $TypeError(".skep.v1.TaskSpec.limits: object expected");
                    message.limits = $root.skep.v1.Resources.fromObject(object.limits, _depth + 1);
                }
                if (object.reservations != null) {
                    if (!$util.isObject(object.reservations))
                        throw $TypeError(".skep.v1.TaskSpec.reservations: object expected");
                    message.reservations = $root.skep.v1.Resources.fromObject(object.reservations, _depth + 1);
                }
                if (object.restart != null) {
                    if (!$util.isObject(object.restart))
                        throw $TypeError(".skep.v1.TaskSpec.restart: object expected");
                    message.restart = $root.skep.v1.RestartPolicy.fromObject(object.restart, _depth + 1);
                }
                if (object.placement != null) {
                    if (!$util.isObject(object.placement))
                        throw $TypeError(".skep.v1.TaskSpec.placement: object expected");
                    message.placement = $root.skep.v1.Placement.fromObject(object.placement, _depth + 1);
                }
                if (object.networks) {
                    if (!$Array.isArray(object.networks))
                        throw $TypeError(".skep.v1.TaskSpec.networks: array expected");
                    message.networks = $Array(object.networks.length);
                    for (let i = 0; i < object.networks.length; ++i) {
                        if (!$util.isObject(object.networks[i]))
                            throw $TypeError(".skep.v1.TaskSpec.networks: object expected");
                        message.networks[i] = $root.skep.v1.NetworkAttachmentSpec.fromObject(object.networks[i], _depth + 1);
                    }
                }
                if (object.drainMs != null)
                    if (!$Object.is($Number(object.drainMs), 0))
                        message.drainMs = $Number(object.drainMs);
                if (object.forceUpdate != null)
                    if ($Number(object.forceUpdate) !== 0)
                        message.forceUpdate = object.forceUpdate >>> 0;
                return message;
            };

            TaskSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.networks = [];
                if (options.defaults) {
                    object.container = null;
                    object.limits = null;
                    object.reservations = null;
                    object.restart = null;
                    object.placement = null;
                    object.drainMs = 0;
                    object.forceUpdate = 0;
                }
                if (message.container != null && $Object.hasOwnProperty.call(message, "container"))
                    object.container = $root.skep.v1.ContainerSpec.toObject(message.container, options, _depth + 1);
                if (message.limits != null && $Object.hasOwnProperty.call(message, "limits"))
                    object.limits = $root.skep.v1.Resources.toObject(message.limits, options, _depth + 1);
                if (message.reservations != null && $Object.hasOwnProperty.call(message, "reservations"))
                    object.reservations = $root.skep.v1.Resources.toObject(message.reservations, options, _depth + 1);
                if (message.restart != null && $Object.hasOwnProperty.call(message, "restart"))
                    object.restart = $root.skep.v1.RestartPolicy.toObject(message.restart, options, _depth + 1);
                if (message.placement != null && $Object.hasOwnProperty.call(message, "placement"))
                    object.placement = $root.skep.v1.Placement.toObject(message.placement, options, _depth + 1);
                if (message.networks && message.networks.length) {
                    object.networks = $Array(message.networks.length);
                    for (let j = 0; j < message.networks.length; ++j)
                        object.networks[j] = $root.skep.v1.NetworkAttachmentSpec.toObject(message.networks[j], options, _depth + 1);
                }
                if (message.drainMs != null && $Object.hasOwnProperty.call(message, "drainMs"))
                    object.drainMs = options.json && !$isFinite(message.drainMs) ? $String(message.drainMs) : message.drainMs;
                if (message.forceUpdate != null && $Object.hasOwnProperty.call(message, "forceUpdate"))
                    object.forceUpdate = message.forceUpdate;
                return object;
            };

            TaskSpec.prototype.toJSON = function() {
                return TaskSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return TaskSpec;
        })();

        v1.UpdatePolicy = (function() {

            const UpdatePolicy = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            UpdatePolicy.prototype.parallelism = 0;
            UpdatePolicy.prototype.delayMs = 0;
            UpdatePolicy.prototype.failureAction = "";
            UpdatePolicy.prototype.monitorMs = 0;
            UpdatePolicy.prototype.maxFailureRatio = 0;
            UpdatePolicy.prototype.order = "";

            UpdatePolicy.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.parallelism != null && $Object.hasOwnProperty.call(message, "parallelism") && message.parallelism !== 0)
                    writer.uint32(8).uint32(message.parallelism);
                if (message.delayMs != null && $Object.hasOwnProperty.call(message, "delayMs") && !$Object.is(message.delayMs, 0))
                    writer.uint32(17).double(message.delayMs);
                if (message.failureAction != null && $Object.hasOwnProperty.call(message, "failureAction") && message.failureAction !== "")
                    writer.uint32(26).string(message.failureAction);
                if (message.monitorMs != null && $Object.hasOwnProperty.call(message, "monitorMs") && !$Object.is(message.monitorMs, 0))
                    writer.uint32(33).double(message.monitorMs);
                if (message.maxFailureRatio != null && $Object.hasOwnProperty.call(message, "maxFailureRatio") && !$Object.is(message.maxFailureRatio, 0))
                    writer.uint32(41).double(message.maxFailureRatio);
                if (message.order != null && $Object.hasOwnProperty.call(message, "order") && message.order !== "")
                    writer.uint32(50).string(message.order);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            UpdatePolicy.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.UpdatePolicy();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.parallelism = value;
                            else
                                delete message.parallelism;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.delayMs = value;
                            else
                                delete message.delayMs;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.failureAction = value;
                            else
                                delete message.failureAction;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.monitorMs = value;
                            else
                                delete message.monitorMs;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.maxFailureRatio = value;
                            else
                                delete message.maxFailureRatio;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.order = value;
                            else
                                delete message.order;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            UpdatePolicy.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.UpdatePolicy)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.UpdatePolicy: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.UpdatePolicy();
                if (object.parallelism != null)
                    if ($Number(object.parallelism) !== 0)
                        message.parallelism = object.parallelism >>> 0;
                if (object.delayMs != null)
                    if (!$Object.is($Number(object.delayMs), 0))
                        message.delayMs = $Number(object.delayMs);
                if (object.failureAction != null)
                    if (typeof object.failureAction !== "string" || object.failureAction.length)
                        message.failureAction = $String(object.failureAction);
                if (object.monitorMs != null)
                    if (!$Object.is($Number(object.monitorMs), 0))
                        message.monitorMs = $Number(object.monitorMs);
                if (object.maxFailureRatio != null)
                    if (!$Object.is($Number(object.maxFailureRatio), 0))
                        message.maxFailureRatio = $Number(object.maxFailureRatio);
                if (object.order != null)
                    if (typeof object.order !== "string" || object.order.length)
                        message.order = $String(object.order);
                return message;
            };

            UpdatePolicy.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.parallelism = 0;
                    object.delayMs = 0;
                    object.failureAction = "";
                    object.monitorMs = 0;
                    object.maxFailureRatio = 0;
                    object.order = "";
                }
                if (message.parallelism != null && $Object.hasOwnProperty.call(message, "parallelism"))
                    object.parallelism = message.parallelism;
                if (message.delayMs != null && $Object.hasOwnProperty.call(message, "delayMs"))
                    object.delayMs = options.json && !$isFinite(message.delayMs) ? $String(message.delayMs) : message.delayMs;
                if (message.failureAction != null && $Object.hasOwnProperty.call(message, "failureAction"))
                    object.failureAction = message.failureAction;
                if (message.monitorMs != null && $Object.hasOwnProperty.call(message, "monitorMs"))
                    object.monitorMs = options.json && !$isFinite(message.monitorMs) ? $String(message.monitorMs) : message.monitorMs;
                if (message.maxFailureRatio != null && $Object.hasOwnProperty.call(message, "maxFailureRatio"))
                    object.maxFailureRatio = options.json && !$isFinite(message.maxFailureRatio) ? $String(message.maxFailureRatio) : message.maxFailureRatio;
                if (message.order != null && $Object.hasOwnProperty.call(message, "order"))
                    object.order = message.order;
                return object;
            };

            UpdatePolicy.prototype.toJSON = function() {
                return UpdatePolicy.toObject(this, $protobuf.util.toJSONOptions);
            };

            return UpdatePolicy;
        })();

        v1.PortConfig = (function() {

            const PortConfig = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            PortConfig.prototype.protocol = "";
            PortConfig.prototype.targetPort = 0;
            PortConfig.prototype.publishedPort = 0;
            PortConfig.prototype.publishMode = "";

            PortConfig.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol") && message.protocol !== "")
                    writer.uint32(10).string(message.protocol);
                if (message.targetPort != null && $Object.hasOwnProperty.call(message, "targetPort") && message.targetPort !== 0)
                    writer.uint32(16).uint32(message.targetPort);
                if (message.publishedPort != null && $Object.hasOwnProperty.call(message, "publishedPort") && message.publishedPort !== 0)
                    writer.uint32(24).uint32(message.publishedPort);
                if (message.publishMode != null && $Object.hasOwnProperty.call(message, "publishMode") && message.publishMode !== "")
                    writer.uint32(34).string(message.publishMode);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            PortConfig.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.PortConfig();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.protocol = value;
                            else
                                delete message.protocol;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.targetPort = value;
                            else
                                delete message.targetPort;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.publishedPort = value;
                            else
                                delete message.publishedPort;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.publishMode = value;
                            else
                                delete message.publishMode;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            PortConfig.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.PortConfig)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.PortConfig: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.PortConfig();
                if (object.protocol != null)
                    if (typeof object.protocol !== "string" || object.protocol.length)
                        message.protocol = $String(object.protocol);
                if (object.targetPort != null)
                    if ($Number(object.targetPort) !== 0)
                        message.targetPort = object.targetPort >>> 0;
                if (object.publishedPort != null)
                    if ($Number(object.publishedPort) !== 0)
                        message.publishedPort = object.publishedPort >>> 0;
                if (object.publishMode != null)
                    if (typeof object.publishMode !== "string" || object.publishMode.length)
                        message.publishMode = $String(object.publishMode);
                return message;
            };

            PortConfig.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.protocol = "";
                    object.targetPort = 0;
                    object.publishedPort = 0;
                    object.publishMode = "";
                }
                if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol"))
                    object.protocol = message.protocol;
                if (message.targetPort != null && $Object.hasOwnProperty.call(message, "targetPort"))
                    object.targetPort = message.targetPort;
                if (message.publishedPort != null && $Object.hasOwnProperty.call(message, "publishedPort"))
                    object.publishedPort = message.publishedPort;
                if (message.publishMode != null && $Object.hasOwnProperty.call(message, "publishMode"))
                    object.publishMode = message.publishMode;
                return object;
            };

            PortConfig.prototype.toJSON = function() {
                return PortConfig.toObject(this, $protobuf.util.toJSONOptions);
            };

            return PortConfig;
        })();

        v1.EndpointSpec = (function() {

            const EndpointSpec = function (properties) {
                this.ports = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            EndpointSpec.prototype.mode = "";
            EndpointSpec.prototype.ports = $util.emptyArray;

            EndpointSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode") && message.mode !== "")
                    writer.uint32(10).string(message.mode);
                if (message.ports != null && message.ports.length)
                    for (let i = 0; i < message.ports.length; ++i)
                        $root.skep.v1.PortConfig.encode(message.ports[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            EndpointSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.EndpointSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.mode = value;
                            else
                                delete message.mode;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.ports && message.ports.length))
                                message.ports = [];
                            message.ports.push($root.skep.v1.PortConfig.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            EndpointSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.EndpointSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.EndpointSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.EndpointSpec();
                if (object.mode != null)
                    if (typeof object.mode !== "string" || object.mode.length)
                        message.mode = $String(object.mode);
                if (object.ports) {
                    if (!$Array.isArray(object.ports))
                        throw $TypeError(".skep.v1.EndpointSpec.ports: array expected");
                    message.ports = $Array(object.ports.length);
                    for (let i = 0; i < object.ports.length; ++i) {
                        if (!$util.isObject(object.ports[i]))
                            throw $TypeError(".skep.v1.EndpointSpec.ports: object expected");
                        message.ports[i] = $root.skep.v1.PortConfig.fromObject(object.ports[i], _depth + 1);
                    }
                }
                return message;
            };

            EndpointSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.ports = [];
                if (options.defaults)
                    object.mode = "";
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode"))
                    object.mode = message.mode;
                if (message.ports && message.ports.length) {
                    object.ports = $Array(message.ports.length);
                    for (let j = 0; j < message.ports.length; ++j)
                        object.ports[j] = $root.skep.v1.PortConfig.toObject(message.ports[j], options, _depth + 1);
                }
                return object;
            };

            EndpointSpec.prototype.toJSON = function() {
                return EndpointSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return EndpointSpec;
        })();

        v1.ServiceSpec = (function() {

            const ServiceSpec = function (properties) {
                this.labels = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ServiceSpec.prototype.name = "";
            ServiceSpec.prototype.labels = $util.emptyObject;
            ServiceSpec.prototype.mode = null;
            ServiceSpec.prototype.task = null;
            ServiceSpec.prototype.update = null;
            ServiceSpec.prototype.rollback = null;
            ServiceSpec.prototype.endpoint = null;

            ServiceSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(10).string(message.name);
                if (message.labels != null && $Object.hasOwnProperty.call(message, "labels"))
                    for (let keys = $Object.keys(message.labels), i = 0; i < keys.length; ++i)
                        writer.uint32(18).fork().uint32(10).string(keys[i]).uint32(18).string(message.labels[keys[i]]).ldelim();
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode"))
                    $root.skep.v1.ServiceMode.encode(message.mode, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.task != null && $Object.hasOwnProperty.call(message, "task"))
                    $root.skep.v1.TaskSpec.encode(message.task, writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.update != null && $Object.hasOwnProperty.call(message, "update"))
                    $root.skep.v1.UpdatePolicy.encode(message.update, writer.uint32(42).fork(), _depth + 1).ldelim();
                if (message.rollback != null && $Object.hasOwnProperty.call(message, "rollback"))
                    $root.skep.v1.UpdatePolicy.encode(message.rollback, writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.endpoint != null && $Object.hasOwnProperty.call(message, "endpoint"))
                    $root.skep.v1.EndpointSpec.encode(message.endpoint, writer.uint32(58).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ServiceSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ServiceSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (message.labels === $util.emptyObject)
                                message.labels = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = "";
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = reader.stringVerify();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.labels, key);
                            message.labels[key] = value;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.mode = $root.skep.v1.ServiceMode.decode(reader, reader.size(), $undefined, _depth + 1, message.mode);
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.task = $root.skep.v1.TaskSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.task);
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.update = $root.skep.v1.UpdatePolicy.decode(reader, reader.size(), $undefined, _depth + 1, message.update);
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.rollback = $root.skep.v1.UpdatePolicy.decode(reader, reader.size(), $undefined, _depth + 1, message.rollback);
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.endpoint = $root.skep.v1.EndpointSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.endpoint);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ServiceSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ServiceSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ServiceSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ServiceSpec();
                if (object.name != null)
                    if (typeof object.name !== "string" || object.name.length)
                        message.name = $String(object.name);
                if (object.labels) {
                    if (!$util.isObject(object.labels))
                        throw $TypeError(".skep.v1.ServiceSpec.labels: object expected");
                    message.labels = {};
                    for (let keys = $Object.keys(object.labels), i = 0; i < keys.length; ++i) {
                        if (keys[i] === "__proto__")
                            $util.makeProp(message.labels, keys[i]);
                        message.labels[keys[i]] = $String(object.labels[keys[i]]);
                    }
                }
                if (object.mode != null) {
                    if (!$util.isObject(object.mode))
                        throw $TypeError(".skep.v1.ServiceSpec.mode: object expected");
                    message.mode = $root.skep.v1.ServiceMode.fromObject(object.mode, _depth + 1);
                }
                if (object.task != null) {
                    if (!$util.isObject(object.task))
                        throw $TypeError(".skep.v1.ServiceSpec.task: object expected");
                    message.task = $root.skep.v1.TaskSpec.fromObject(object.task, _depth + 1);
                }
                if (object.update != null) {
                    if (!$util.isObject(object.update))
                        throw $TypeError(".skep.v1.ServiceSpec.update: object expected");
                    message.update = $root.skep.v1.UpdatePolicy.fromObject(object.update, _depth + 1);
                }
                if (object.rollback != null) {
                    if (!$util.isObject(object.rollback))
                        throw $TypeError(".skep.v1.ServiceSpec.rollback: object expected");
                    message.rollback = $root.skep.v1.UpdatePolicy.fromObject(object.rollback, _depth + 1);
                }
                if (object.endpoint != null) {
                    if (!$util.isObject(object.endpoint))
                        throw $TypeError(".skep.v1.ServiceSpec.endpoint: object expected");
                    message.endpoint = $root.skep.v1.EndpointSpec.fromObject(object.endpoint, _depth + 1);
                }
                return message;
            };

            ServiceSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.objects || options.defaults)
                    object.labels = {};
                if (options.defaults) {
                    object.name = "";
                    object.mode = null;
                    object.task = null;
                    object.update = null;
                    object.rollback = null;
                    object.endpoint = null;
                }
                if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                    object.name = message.name;
                let keys2;
                if (message.labels && (keys2 = $Object.keys(message.labels)).length) {
                    object.labels = {};
                    for (let j = 0; j < keys2.length; ++j) {
                        if (keys2[j] === "__proto__")
                            $util.makeProp(object.labels, keys2[j]);
                        object.labels[keys2[j]] = message.labels[keys2[j]];
                    }
                }
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode"))
                    object.mode = $root.skep.v1.ServiceMode.toObject(message.mode, options, _depth + 1);
                if (message.task != null && $Object.hasOwnProperty.call(message, "task"))
                    object.task = $root.skep.v1.TaskSpec.toObject(message.task, options, _depth + 1);
                if (message.update != null && $Object.hasOwnProperty.call(message, "update"))
                    object.update = $root.skep.v1.UpdatePolicy.toObject(message.update, options, _depth + 1);
                if (message.rollback != null && $Object.hasOwnProperty.call(message, "rollback"))
                    object.rollback = $root.skep.v1.UpdatePolicy.toObject(message.rollback, options, _depth + 1);
                if (message.endpoint != null && $Object.hasOwnProperty.call(message, "endpoint"))
                    object.endpoint = $root.skep.v1.EndpointSpec.toObject(message.endpoint, options, _depth + 1);
                return object;
            };

            ServiceSpec.prototype.toJSON = function() {
                return ServiceSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ServiceSpec;
        })();

        v1.VirtualAddress = (function() {

            const VirtualAddress = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            VirtualAddress.prototype.networkId = "";
            VirtualAddress.prototype.address = "";

            VirtualAddress.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.networkId != null && $Object.hasOwnProperty.call(message, "networkId") && message.networkId !== "")
                    writer.uint32(10).string(message.networkId);
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address !== "")
                    writer.uint32(18).string(message.address);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            VirtualAddress.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.VirtualAddress();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.networkId = value;
                            else
                                delete message.networkId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.address = value;
                            else
                                delete message.address;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            VirtualAddress.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.VirtualAddress)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.VirtualAddress: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.VirtualAddress();
                if (object.networkId != null)
                    if (typeof object.networkId !== "string" || object.networkId.length)
                        message.networkId = $String(object.networkId);
                if (object.address != null)
                    if (typeof object.address !== "string" || object.address.length)
                        message.address = $String(object.address);
                return message;
            };

            VirtualAddress.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.networkId = "";
                    object.address = "";
                }
                if (message.networkId != null && $Object.hasOwnProperty.call(message, "networkId"))
                    object.networkId = message.networkId;
                if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                    object.address = message.address;
                return object;
            };

            VirtualAddress.prototype.toJSON = function() {
                return VirtualAddress.toObject(this, $protobuf.util.toJSONOptions);
            };

            return VirtualAddress;
        })();

        v1.ServiceEndpoint = (function() {

            const ServiceEndpoint = function (properties) {
                this.ports = [];
                this.vips = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ServiceEndpoint.prototype.mode = "";
            ServiceEndpoint.prototype.ports = $util.emptyArray;
            ServiceEndpoint.prototype.vips = $util.emptyArray;

            ServiceEndpoint.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode") && message.mode !== "")
                    writer.uint32(10).string(message.mode);
                if (message.ports != null && message.ports.length)
                    for (let i = 0; i < message.ports.length; ++i)
                        $root.skep.v1.PortConfig.encode(message.ports[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.vips != null && message.vips.length)
                    for (let i = 0; i < message.vips.length; ++i)
                        $root.skep.v1.VirtualAddress.encode(message.vips[i], writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ServiceEndpoint.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ServiceEndpoint();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.mode = value;
                            else
                                delete message.mode;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.ports && message.ports.length))
                                message.ports = [];
                            message.ports.push($root.skep.v1.PortConfig.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.vips && message.vips.length))
                                message.vips = [];
                            message.vips.push($root.skep.v1.VirtualAddress.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ServiceEndpoint.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ServiceEndpoint)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ServiceEndpoint: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ServiceEndpoint();
                if (object.mode != null)
                    if (typeof object.mode !== "string" || object.mode.length)
                        message.mode = $String(object.mode);
                if (object.ports) {
                    if (!$Array.isArray(object.ports))
                        throw $TypeError(".skep.v1.ServiceEndpoint.ports: array expected");
                    message.ports = $Array(object.ports.length);
                    for (let i = 0; i < object.ports.length; ++i) {
                        if (!$util.isObject(object.ports[i]))
                            throw $TypeError(".skep.v1.ServiceEndpoint.ports: object expected");
                        message.ports[i] = $root.skep.v1.PortConfig.fromObject(object.ports[i], _depth + 1);
                    }
                }
                if (object.vips) {
                    if (!$Array.isArray(object.vips))
                        throw $TypeError(".skep.v1.ServiceEndpoint.vips: array expected");
                    message.vips = $Array(object.vips.length);
                    for (let i = 0; i < object.vips.length; ++i) {
                        if (!$util.isObject(object.vips[i]))
                            throw $TypeError(".skep.v1.ServiceEndpoint.vips: object expected");
                        message.vips[i] = $root.skep.v1.VirtualAddress.fromObject(object.vips[i], _depth + 1);
                    }
                }
                return message;
            };

            ServiceEndpoint.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.ports = [];
                    object.vips = [];
                }
                if (options.defaults)
                    object.mode = "";
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode"))
                    object.mode = message.mode;
                if (message.ports && message.ports.length) {
                    object.ports = $Array(message.ports.length);
                    for (let j = 0; j < message.ports.length; ++j)
                        object.ports[j] = $root.skep.v1.PortConfig.toObject(message.ports[j], options, _depth + 1);
                }
                if (message.vips && message.vips.length) {
                    object.vips = $Array(message.vips.length);
                    for (let j = 0; j < message.vips.length; ++j)
                        object.vips[j] = $root.skep.v1.VirtualAddress.toObject(message.vips[j], options, _depth + 1);
                }
                return object;
            };

            ServiceEndpoint.prototype.toJSON = function() {
                return ServiceEndpoint.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ServiceEndpoint;
        })();

        v1.UpdateStatus = (function() {

            const UpdateStatus = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            UpdateStatus.prototype.state = "";
            UpdateStatus.prototype.startedAtMs = 0;
            UpdateStatus.prototype.completedAtMs = null;
            UpdateStatus.prototype.message = "";

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(UpdateStatus.prototype, "_completedAtMs", {
                get: $util.oneOfGetter($oneOfFields = ["completedAtMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            UpdateStatus.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                    writer.uint32(10).string(message.state);
                if (message.startedAtMs != null && $Object.hasOwnProperty.call(message, "startedAtMs") && !$Object.is(message.startedAtMs, 0))
                    writer.uint32(17).double(message.startedAtMs);
                if (message.completedAtMs != null && $Object.hasOwnProperty.call(message, "completedAtMs"))
                    writer.uint32(25).double(message.completedAtMs);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(34).string(message.message);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            UpdateStatus.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.UpdateStatus();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.state = value;
                            else
                                delete message.state;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.startedAtMs = value;
                            else
                                delete message.startedAtMs;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            message.completedAtMs = reader.double();
                            message._completedAtMs = "completedAtMs";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            UpdateStatus.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.UpdateStatus)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.UpdateStatus: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.UpdateStatus();
                if (object.state != null)
                    if (typeof object.state !== "string" || object.state.length)
                        message.state = $String(object.state);
                if (object.startedAtMs != null)
                    if (!$Object.is($Number(object.startedAtMs), 0))
                        message.startedAtMs = $Number(object.startedAtMs);
                if (object.completedAtMs != null)
                    message.completedAtMs = $Number(object.completedAtMs);
                if (object.message != null)
                    if (typeof object.message !== "string" || object.message.length)
                        message.message = $String(object.message);
                return message;
            };

            UpdateStatus.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.state = "";
                    object.startedAtMs = 0;
                    object.message = "";
                }
                if (message.state != null && $Object.hasOwnProperty.call(message, "state"))
                    object.state = message.state;
                if (message.startedAtMs != null && $Object.hasOwnProperty.call(message, "startedAtMs"))
                    object.startedAtMs = options.json && !$isFinite(message.startedAtMs) ? $String(message.startedAtMs) : message.startedAtMs;
                if (message.completedAtMs != null && $Object.hasOwnProperty.call(message, "completedAtMs"))
                    object.completedAtMs = options.json && !$isFinite(message.completedAtMs) ? $String(message.completedAtMs) : message.completedAtMs;
                if (message.message != null && $Object.hasOwnProperty.call(message, "message"))
                    object.message = message.message;
                return object;
            };

            UpdateStatus.prototype.toJSON = function() {
                return UpdateStatus.toObject(this, $protobuf.util.toJSONOptions);
            };

            return UpdateStatus;
        })();

        v1.Service = (function() {

            const Service = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Service.prototype.kind = "";
            Service.prototype.id = "";
            Service.prototype.version = 0;
            Service.prototype.createdAtMs = 0;
            Service.prototype.updatedAtMs = 0;
            Service.prototype.spec = null;
            Service.prototype.specVersion = 0;
            Service.prototype.previousSpec = null;
            Service.prototype.endpoint = null;
            Service.prototype.updateStatus = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Service.prototype, "_previousSpec", {
                get: $util.oneOfGetter($oneOfFields = ["previousSpec"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Service.prototype, "_endpoint", {
                get: $util.oneOfGetter($oneOfFields = ["endpoint"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Service.prototype, "_updateStatus", {
                get: $util.oneOfGetter($oneOfFields = ["updateStatus"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Service.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(10).string(message.kind);
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(18).string(message.id);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && !$Object.is(message.version, 0))
                    writer.uint32(25).double(message.version);
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs") && !$Object.is(message.createdAtMs, 0))
                    writer.uint32(33).double(message.createdAtMs);
                if (message.updatedAtMs != null && $Object.hasOwnProperty.call(message, "updatedAtMs") && !$Object.is(message.updatedAtMs, 0))
                    writer.uint32(41).double(message.updatedAtMs);
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    $root.skep.v1.ServiceSpec.encode(message.spec, writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.specVersion != null && $Object.hasOwnProperty.call(message, "specVersion") && message.specVersion !== 0)
                    writer.uint32(56).uint32(message.specVersion);
                if (message.previousSpec != null && $Object.hasOwnProperty.call(message, "previousSpec"))
                    $root.skep.v1.ServiceSpec.encode(message.previousSpec, writer.uint32(66).fork(), _depth + 1).ldelim();
                if (message.endpoint != null && $Object.hasOwnProperty.call(message, "endpoint"))
                    $root.skep.v1.ServiceEndpoint.encode(message.endpoint, writer.uint32(74).fork(), _depth + 1).ldelim();
                if (message.updateStatus != null && $Object.hasOwnProperty.call(message, "updateStatus"))
                    $root.skep.v1.UpdateStatus.encode(message.updateStatus, writer.uint32(82).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Service.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.Service();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.createdAtMs = value;
                            else
                                delete message.createdAtMs;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.updatedAtMs = value;
                            else
                                delete message.updatedAtMs;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.spec = $root.skep.v1.ServiceSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spec);
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.specVersion = value;
                            else
                                delete message.specVersion;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.previousSpec = $root.skep.v1.ServiceSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.previousSpec);
                            message._previousSpec = "previousSpec";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.endpoint = $root.skep.v1.ServiceEndpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.endpoint);
                            message._endpoint = "endpoint";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.updateStatus = $root.skep.v1.UpdateStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.updateStatus);
                            message._updateStatus = "updateStatus";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Service.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.Service)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.Service: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.Service();
                if (object.kind != null)
                    if (typeof object.kind !== "string" || object.kind.length)
                        message.kind = $String(object.kind);
                if (object.id != null)
                    if (typeof object.id !== "string" || object.id.length)
                        message.id = $String(object.id);
                if (object.version != null)
                    if (!$Object.is($Number(object.version), 0))
                        message.version = $Number(object.version);
                if (object.createdAtMs != null)
                    if (!$Object.is($Number(object.createdAtMs), 0))
                        message.createdAtMs = $Number(object.createdAtMs);
                if (object.updatedAtMs != null)
                    if (!$Object.is($Number(object.updatedAtMs), 0))
                        message.updatedAtMs = $Number(object.updatedAtMs);
                if (object.spec != null) {
                    if (!$util.isObject(object.spec))
                        throw $TypeError(".skep.v1.Service.spec: object expected");
                    message.spec = $root.skep.v1.ServiceSpec.fromObject(object.spec, _depth + 1);
                }
                if (object.specVersion != null)
                    if ($Number(object.specVersion) !== 0)
                        message.specVersion = object.specVersion >>> 0;
                if (object.previousSpec != null) {
                    if (!$util.isObject(object.previousSpec))
                        throw $TypeError(".skep.v1.Service.previousSpec: object expected");
                    message.previousSpec = $root.skep.v1.ServiceSpec.fromObject(object.previousSpec, _depth + 1);
                }
                if (object.endpoint != null) {
                    if (!$util.isObject(object.endpoint))
                        throw $TypeError(".skep.v1.Service.endpoint: object expected");
                    message.endpoint = $root.skep.v1.ServiceEndpoint.fromObject(object.endpoint, _depth + 1);
                }
                if (object.updateStatus != null) {
                    if (!$util.isObject(object.updateStatus))
                        throw $TypeError(".skep.v1.Service.updateStatus: object expected");
                    message.updateStatus = $root.skep.v1.UpdateStatus.fromObject(object.updateStatus, _depth + 1);
                }
                return message;
            };

            Service.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.kind = "";
                    object.id = "";
                    object.version = 0;
                    object.createdAtMs = 0;
                    object.updatedAtMs = 0;
                    object.spec = null;
                    object.specVersion = 0;
                }
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                    object.kind = message.kind;
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    object.id = message.id;
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    object.version = options.json && !$isFinite(message.version) ? $String(message.version) : message.version;
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs"))
                    object.createdAtMs = options.json && !$isFinite(message.createdAtMs) ? $String(message.createdAtMs) : message.createdAtMs;
                if (message.updatedAtMs != null && $Object.hasOwnProperty.call(message, "updatedAtMs"))
                    object.updatedAtMs = options.json && !$isFinite(message.updatedAtMs) ? $String(message.updatedAtMs) : message.updatedAtMs;
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    object.spec = $root.skep.v1.ServiceSpec.toObject(message.spec, options, _depth + 1);
                if (message.specVersion != null && $Object.hasOwnProperty.call(message, "specVersion"))
                    object.specVersion = message.specVersion;
                if (message.previousSpec != null && $Object.hasOwnProperty.call(message, "previousSpec"))
                    object.previousSpec = $root.skep.v1.ServiceSpec.toObject(message.previousSpec, options, _depth + 1);
                if (message.endpoint != null && $Object.hasOwnProperty.call(message, "endpoint"))
                    object.endpoint = $root.skep.v1.ServiceEndpoint.toObject(message.endpoint, options, _depth + 1);
                if (message.updateStatus != null && $Object.hasOwnProperty.call(message, "updateStatus"))
                    object.updateStatus = $root.skep.v1.UpdateStatus.toObject(message.updateStatus, options, _depth + 1);
                return object;
            };

            Service.prototype.toJSON = function() {
                return Service.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Service;
        })();

        v1.ContainerStatus = (function() {

            const ContainerStatus = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ContainerStatus.prototype.containerId = "";
            ContainerStatus.prototype.pid = null;
            ContainerStatus.prototype.exitCode = null;
            ContainerStatus.prototype.oomKilled = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ContainerStatus.prototype, "_pid", {
                get: $util.oneOfGetter($oneOfFields = ["pid"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ContainerStatus.prototype, "_exitCode", {
                get: $util.oneOfGetter($oneOfFields = ["exitCode"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ContainerStatus.prototype, "_oomKilled", {
                get: $util.oneOfGetter($oneOfFields = ["oomKilled"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            ContainerStatus.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                    writer.uint32(10).string(message.containerId);
                if (message.pid != null && $Object.hasOwnProperty.call(message, "pid"))
                    writer.uint32(16).uint32(message.pid);
                if (message.exitCode != null && $Object.hasOwnProperty.call(message, "exitCode"))
                    writer.uint32(24).uint32(message.exitCode);
                if (message.oomKilled != null && $Object.hasOwnProperty.call(message, "oomKilled"))
                    writer.uint32(32).bool(message.oomKilled);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ContainerStatus.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ContainerStatus();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.containerId = value;
                            else
                                delete message.containerId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            message.pid = reader.uint32();
                            message._pid = "pid";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.exitCode = reader.uint32();
                            message._exitCode = "exitCode";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            message.oomKilled = reader.bool();
                            message._oomKilled = "oomKilled";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ContainerStatus.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ContainerStatus)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ContainerStatus: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ContainerStatus();
                if (object.containerId != null)
                    if (typeof object.containerId !== "string" || object.containerId.length)
                        message.containerId = $String(object.containerId);
                if (object.pid != null)
                    message.pid = object.pid >>> 0;
                if (object.exitCode != null)
                    message.exitCode = object.exitCode >>> 0;
                if (object.oomKilled != null)
                    message.oomKilled = $Boolean(object.oomKilled);
                return message;
            };

            ContainerStatus.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.containerId = "";
                if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId"))
                    object.containerId = message.containerId;
                if (message.pid != null && $Object.hasOwnProperty.call(message, "pid"))
                    object.pid = message.pid;
                if (message.exitCode != null && $Object.hasOwnProperty.call(message, "exitCode"))
                    object.exitCode = message.exitCode;
                if (message.oomKilled != null && $Object.hasOwnProperty.call(message, "oomKilled"))
                    object.oomKilled = message.oomKilled;
                return object;
            };

            ContainerStatus.prototype.toJSON = function() {
                return ContainerStatus.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ContainerStatus;
        })();

        v1.TaskStatus = (function() {

            const TaskStatus = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            TaskStatus.prototype.state = 0;
            TaskStatus.prototype.timestampMs = 0;
            TaskStatus.prototype.message = "";
            TaskStatus.prototype.error = null;
            TaskStatus.prototype.container = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(TaskStatus.prototype, "_error", {
                get: $util.oneOfGetter($oneOfFields = ["error"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(TaskStatus.prototype, "_container", {
                get: $util.oneOfGetter($oneOfFields = ["container"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            TaskStatus.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== 0)
                    writer.uint32(8).int32(message.state);
                if (message.timestampMs != null && $Object.hasOwnProperty.call(message, "timestampMs") && !$Object.is(message.timestampMs, 0))
                    writer.uint32(17).double(message.timestampMs);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(26).string(message.message);
                if (message.error != null && $Object.hasOwnProperty.call(message, "error"))
                    writer.uint32(34).string(message.error);
                if (message.container != null && $Object.hasOwnProperty.call(message, "container"))
                    $root.skep.v1.ContainerStatus.encode(message.container, writer.uint32(42).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            TaskStatus.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.TaskStatus();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.state = value;
                            else
                                delete message.state;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.timestampMs = value;
                            else
                                delete message.timestampMs;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.error = reader.stringVerify();
                            message._error = "error";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.container = $root.skep.v1.ContainerStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.container);
                            message._container = "container";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            TaskStatus.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.TaskStatus)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.TaskStatus: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.TaskStatus();
                if (object.state !== 0 && (typeof object.state !== "string" || $root.skep.v1.TaskState[object.state] !== 0))
                    switch (object.state) {
                    case "NEW":
                    case 0:
                        message.state = 0;
                        break;
                    case "PENDING":
                    case 64:
                        message.state = 64;
                        break;
                    case "ASSIGNED":
                    case 192:
                        message.state = 192;
                        break;
                    case "ACCEPTED":
                    case 256:
                        message.state = 256;
                        break;
                    case "PREPARING":
                    case 320:
                        message.state = 320;
                        break;
                    case "READY":
                    case 384:
                        message.state = 384;
                        break;
                    case "STARTING":
                    case 448:
                        message.state = 448;
                        break;
                    case "RUNNING":
                    case 512:
                        message.state = 512;
                        break;
                    case "COMPLETE":
                    case 576:
                        message.state = 576;
                        break;
                    case "SHUTDOWN":
                    case 640:
                        message.state = 640;
                        break;
                    case "FAILED":
                    case 704:
                        message.state = 704;
                        break;
                    case "REJECTED":
                    case 768:
                        message.state = 768;
                        break;
                    case "REMOVE":
                    case 800:
                        message.state = 800;
                        break;
                    case "ORPHANED":
                    case 832:
                        message.state = 832;
                        break;
                    default:
                        if (typeof object.state === "number" && (object.state | 0) === object.state)
                            message.state = object.state;
                    }
                if (object.timestampMs != null)
                    if (!$Object.is($Number(object.timestampMs), 0))
                        message.timestampMs = $Number(object.timestampMs);
                if (object.message != null)
                    if (typeof object.message !== "string" || object.message.length)
                        message.message = $String(object.message);
                if (object.error != null)
                    message.error = $String(object.error);
                if (object.container != null) {
                    if (!$util.isObject(object.container))
                        throw $TypeError(".skep.v1.TaskStatus.container: object expected");
                    message.container = $root.skep.v1.ContainerStatus.fromObject(object.container, _depth + 1);
                }
                return message;
            };

            TaskStatus.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.state = options.enums === $String ? "NEW" : 0;
                    object.timestampMs = 0;
                    object.message = "";
                }
                if (message.state != null && $Object.hasOwnProperty.call(message, "state"))
                    object.state = options.enums === $String ? $root.skep.v1.TaskState[message.state] === $undefined ? message.state : $root.skep.v1.TaskState[message.state] : message.state;
                if (message.timestampMs != null && $Object.hasOwnProperty.call(message, "timestampMs"))
                    object.timestampMs = options.json && !$isFinite(message.timestampMs) ? $String(message.timestampMs) : message.timestampMs;
                if (message.message != null && $Object.hasOwnProperty.call(message, "message"))
                    object.message = message.message;
                if (message.error != null && $Object.hasOwnProperty.call(message, "error"))
                    object.error = message.error;
                if (message.container != null && $Object.hasOwnProperty.call(message, "container"))
                    object.container = $root.skep.v1.ContainerStatus.toObject(message.container, options, _depth + 1);
                return object;
            };

            TaskStatus.prototype.toJSON = function() {
                return TaskStatus.toObject(this, $protobuf.util.toJSONOptions);
            };

            return TaskStatus;
        })();

        v1.TaskAttachment = (function() {

            const TaskAttachment = function (properties) {
                this.aliases = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            TaskAttachment.prototype.networkId = "";
            TaskAttachment.prototype.address = "";
            TaskAttachment.prototype.aliases = $util.emptyArray;

            TaskAttachment.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.networkId != null && $Object.hasOwnProperty.call(message, "networkId") && message.networkId !== "")
                    writer.uint32(10).string(message.networkId);
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address !== "")
                    writer.uint32(18).string(message.address);
                if (message.aliases != null && message.aliases.length)
                    for (let i = 0; i < message.aliases.length; ++i)
                        writer.uint32(26).string(message.aliases[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            TaskAttachment.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.TaskAttachment();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.networkId = value;
                            else
                                delete message.networkId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.address = value;
                            else
                                delete message.address;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.aliases && message.aliases.length))
                                message.aliases = [];
                            message.aliases.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            TaskAttachment.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.TaskAttachment)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.TaskAttachment: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.TaskAttachment();
                if (object.networkId != null)
                    if (typeof object.networkId !== "string" || object.networkId.length)
                        message.networkId = $String(object.networkId);
                if (object.address != null)
                    if (typeof object.address !== "string" || object.address.length)
                        message.address = $String(object.address);
                if (object.aliases) {
                    if (!$Array.isArray(object.aliases))
                        throw $TypeError(".skep.v1.TaskAttachment.aliases: array expected");
                    message.aliases = $Array(object.aliases.length);
                    for (let i = 0; i < object.aliases.length; ++i)
                        message.aliases[i] = $String(object.aliases[i]);
                }
                return message;
            };

            TaskAttachment.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.aliases = [];
                if (options.defaults) {
                    object.networkId = "";
                    object.address = "";
                }
                if (message.networkId != null && $Object.hasOwnProperty.call(message, "networkId"))
                    object.networkId = message.networkId;
                if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                    object.address = message.address;
                if (message.aliases && message.aliases.length) {
                    object.aliases = $Array(message.aliases.length);
                    for (let j = 0; j < message.aliases.length; ++j)
                        object.aliases[j] = message.aliases[j];
                }
                return object;
            };

            TaskAttachment.prototype.toJSON = function() {
                return TaskAttachment.toObject(this, $protobuf.util.toJSONOptions);
            };

            return TaskAttachment;
        })();

        v1.RestartHistory = (function() {

            const RestartHistory = function (properties) {
                this.recentAtMs = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RestartHistory.prototype.count = 0;
            RestartHistory.prototype.quickFailures = 0;
            RestartHistory.prototype.recentAtMs = $util.emptyArray;

            RestartHistory.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                    writer.uint32(8).uint32(message.count);
                if (message.quickFailures != null && $Object.hasOwnProperty.call(message, "quickFailures") && message.quickFailures !== 0)
                    writer.uint32(16).uint32(message.quickFailures);
                if (message.recentAtMs != null && message.recentAtMs.length)
                    writer.uint32(26).doubles(message.recentAtMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RestartHistory.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.RestartHistory();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.count = value;
                            else
                                delete message.count;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.quickFailures = value;
                            else
                                delete message.quickFailures;
                            continue;
                        }
                    case 3: {
                            if (wireType === 2) {
                                if (!(message.recentAtMs && message.recentAtMs.length))
                                    message.recentAtMs = [];
                                reader.doubles(message.recentAtMs);
                                continue;
                            }
                            if (wireType !== 1)
                                break;
                            if (!(message.recentAtMs && message.recentAtMs.length))
                                message.recentAtMs = [];
                            message.recentAtMs.push(reader.double());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            RestartHistory.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.RestartHistory)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.RestartHistory: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.RestartHistory();
                if (object.count != null)
                    if ($Number(object.count) !== 0)
                        message.count = object.count >>> 0;
                if (object.quickFailures != null)
                    if ($Number(object.quickFailures) !== 0)
                        message.quickFailures = object.quickFailures >>> 0;
                if (object.recentAtMs) {
                    if (!$Array.isArray(object.recentAtMs))
                        throw $TypeError(".skep.v1.RestartHistory.recentAtMs: array expected");
                    message.recentAtMs = $Array(object.recentAtMs.length);
                    for (let i = 0; i < object.recentAtMs.length; ++i)
                        message.recentAtMs[i] = $Number(object.recentAtMs[i]);
                }
                return message;
            };

            RestartHistory.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.recentAtMs = [];
                if (options.defaults) {
                    object.count = 0;
                    object.quickFailures = 0;
                }
                if (message.count != null && $Object.hasOwnProperty.call(message, "count"))
                    object.count = message.count;
                if (message.quickFailures != null && $Object.hasOwnProperty.call(message, "quickFailures"))
                    object.quickFailures = message.quickFailures;
                if (message.recentAtMs && message.recentAtMs.length) {
                    object.recentAtMs = $Array(message.recentAtMs.length);
                    for (let j = 0; j < message.recentAtMs.length; ++j)
                        object.recentAtMs[j] = options.json && !$isFinite(message.recentAtMs[j]) ? $String(message.recentAtMs[j]) : message.recentAtMs[j];
                }
                return object;
            };

            RestartHistory.prototype.toJSON = function() {
                return RestartHistory.toObject(this, $protobuf.util.toJSONOptions);
            };

            return RestartHistory;
        })();

        v1.Task = (function() {

            const Task = function (properties) {
                this.attachments = [];
                this.ports = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Task.prototype.kind = "";
            Task.prototype.id = "";
            Task.prototype.version = 0;
            Task.prototype.createdAtMs = 0;
            Task.prototype.updatedAtMs = 0;
            Task.prototype.serviceId = "";
            Task.prototype.serviceName = "";
            Task.prototype.slot = 0;
            Task.prototype.nodeId = "";
            Task.prototype.spec = null;
            Task.prototype.specVersion = 0;
            Task.prototype.desiredState = 0;
            Task.prototype.status = null;
            Task.prototype.statusAppliedAtMs = 0;
            Task.prototype.runningSinceMs = null;
            Task.prototype.startNotBeforeMs = null;
            Task.prototype.attachments = $util.emptyArray;
            Task.prototype.ports = $util.emptyArray;
            Task.prototype.restarts = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Task.prototype, "_runningSinceMs", {
                get: $util.oneOfGetter($oneOfFields = ["runningSinceMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Task.prototype, "_startNotBeforeMs", {
                get: $util.oneOfGetter($oneOfFields = ["startNotBeforeMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Task.prototype, "_restarts", {
                get: $util.oneOfGetter($oneOfFields = ["restarts"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Task.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(10).string(message.kind);
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(18).string(message.id);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && !$Object.is(message.version, 0))
                    writer.uint32(25).double(message.version);
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs") && !$Object.is(message.createdAtMs, 0))
                    writer.uint32(33).double(message.createdAtMs);
                if (message.updatedAtMs != null && $Object.hasOwnProperty.call(message, "updatedAtMs") && !$Object.is(message.updatedAtMs, 0))
                    writer.uint32(41).double(message.updatedAtMs);
                if (message.serviceId != null && $Object.hasOwnProperty.call(message, "serviceId") && message.serviceId !== "")
                    writer.uint32(50).string(message.serviceId);
                if (message.serviceName != null && $Object.hasOwnProperty.call(message, "serviceName") && message.serviceName !== "")
                    writer.uint32(58).string(message.serviceName);
                if (message.slot != null && $Object.hasOwnProperty.call(message, "slot") && message.slot !== 0)
                    writer.uint32(64).uint32(message.slot);
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId") && message.nodeId !== "")
                    writer.uint32(74).string(message.nodeId);
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    $root.skep.v1.TaskSpec.encode(message.spec, writer.uint32(82).fork(), _depth + 1).ldelim();
                if (message.specVersion != null && $Object.hasOwnProperty.call(message, "specVersion") && message.specVersion !== 0)
                    writer.uint32(88).uint32(message.specVersion);
                if (message.desiredState != null && $Object.hasOwnProperty.call(message, "desiredState") && message.desiredState !== 0)
                    writer.uint32(96).int32(message.desiredState);
                if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                    $root.skep.v1.TaskStatus.encode(message.status, writer.uint32(106).fork(), _depth + 1).ldelim();
                if (message.statusAppliedAtMs != null && $Object.hasOwnProperty.call(message, "statusAppliedAtMs") && !$Object.is(message.statusAppliedAtMs, 0))
                    writer.uint32(113).double(message.statusAppliedAtMs);
                if (message.runningSinceMs != null && $Object.hasOwnProperty.call(message, "runningSinceMs"))
                    writer.uint32(121).double(message.runningSinceMs);
                if (message.startNotBeforeMs != null && $Object.hasOwnProperty.call(message, "startNotBeforeMs"))
                    writer.uint32(129).double(message.startNotBeforeMs);
                if (message.attachments != null && message.attachments.length)
                    for (let i = 0; i < message.attachments.length; ++i)
                        $root.skep.v1.TaskAttachment.encode(message.attachments[i], writer.uint32(138).fork(), _depth + 1).ldelim();
                if (message.ports != null && message.ports.length)
                    for (let i = 0; i < message.ports.length; ++i)
                        $root.skep.v1.PortConfig.encode(message.ports[i], writer.uint32(146).fork(), _depth + 1).ldelim();
                if (message.restarts != null && $Object.hasOwnProperty.call(message, "restarts"))
                    $root.skep.v1.RestartHistory.encode(message.restarts, writer.uint32(154).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Task.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.Task();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.createdAtMs = value;
                            else
                                delete message.createdAtMs;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.updatedAtMs = value;
                            else
                                delete message.updatedAtMs;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.serviceId = value;
                            else
                                delete message.serviceId;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.serviceName = value;
                            else
                                delete message.serviceName;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.slot = value;
                            else
                                delete message.slot;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.nodeId = value;
                            else
                                delete message.nodeId;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.spec = $root.skep.v1.TaskSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spec);
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.specVersion = value;
                            else
                                delete message.specVersion;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.desiredState = value;
                            else
                                delete message.desiredState;
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            message.status = $root.skep.v1.TaskStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.status);
                            continue;
                        }
                    case 14: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.statusAppliedAtMs = value;
                            else
                                delete message.statusAppliedAtMs;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 1)
                                break;
                            message.runningSinceMs = reader.double();
                            message._runningSinceMs = "runningSinceMs";
                            continue;
                        }
                    case 16: {
                            if (wireType !== 1)
                                break;
                            message.startNotBeforeMs = reader.double();
                            message._startNotBeforeMs = "startNotBeforeMs";
                            continue;
                        }
                    case 17: {
                            if (wireType !== 2)
                                break;
                            if (!(message.attachments && message.attachments.length))
                                message.attachments = [];
                            message.attachments.push($root.skep.v1.TaskAttachment.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 18: {
                            if (wireType !== 2)
                                break;
                            if (!(message.ports && message.ports.length))
                                message.ports = [];
                            message.ports.push($root.skep.v1.PortConfig.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 19: {
                            if (wireType !== 2)
                                break;
                            message.restarts = $root.skep.v1.RestartHistory.decode(reader, reader.size(), $undefined, _depth + 1, message.restarts);
                            message._restarts = "restarts";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Task.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.Task)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.Task: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.Task();
                if (object.kind != null)
                    if (typeof object.kind !== "string" || object.kind.length)
                        message.kind = $String(object.kind);
                if (object.id != null)
                    if (typeof object.id !== "string" || object.id.length)
                        message.id = $String(object.id);
                if (object.version != null)
                    if (!$Object.is($Number(object.version), 0))
                        message.version = $Number(object.version);
                if (object.createdAtMs != null)
                    if (!$Object.is($Number(object.createdAtMs), 0))
                        message.createdAtMs = $Number(object.createdAtMs);
                if (object.updatedAtMs != null)
                    if (!$Object.is($Number(object.updatedAtMs), 0))
                        message.updatedAtMs = $Number(object.updatedAtMs);
                if (object.serviceId != null)
                    if (typeof object.serviceId !== "string" || object.serviceId.length)
                        message.serviceId = $String(object.serviceId);
                if (object.serviceName != null)
                    if (typeof object.serviceName !== "string" || object.serviceName.length)
                        message.serviceName = $String(object.serviceName);
                if (object.slot != null)
                    if ($Number(object.slot) !== 0)
                        message.slot = object.slot >>> 0;
                if (object.nodeId != null)
                    if (typeof object.nodeId !== "string" || object.nodeId.length)
                        message.nodeId = $String(object.nodeId);
                if (object.spec != null) {
                    if (!$util.isObject(object.spec))
                        throw $TypeError(".skep.v1.Task.spec: object expected");
                    message.spec = $root.skep.v1.TaskSpec.fromObject(object.spec, _depth + 1);
                }
                if (object.specVersion != null)
                    if ($Number(object.specVersion) !== 0)
                        message.specVersion = object.specVersion >>> 0;
                if (object.desiredState !== 0 && (typeof object.desiredState !== "string" || $root.skep.v1.TaskState[object.desiredState] !== 0))
                    switch (object.desiredState) {
                    case "NEW":
                    case 0:
                        message.desiredState = 0;
                        break;
                    case "PENDING":
                    case 64:
                        message.desiredState = 64;
                        break;
                    case "ASSIGNED":
                    case 192:
                        message.desiredState = 192;
                        break;
                    case "ACCEPTED":
                    case 256:
                        message.desiredState = 256;
                        break;
                    case "PREPARING":
                    case 320:
                        message.desiredState = 320;
                        break;
                    case "READY":
                    case 384:
                        message.desiredState = 384;
                        break;
                    case "STARTING":
                    case 448:
                        message.desiredState = 448;
                        break;
                    case "RUNNING":
                    case 512:
                        message.desiredState = 512;
                        break;
                    case "COMPLETE":
                    case 576:
                        message.desiredState = 576;
                        break;
                    case "SHUTDOWN":
                    case 640:
                        message.desiredState = 640;
                        break;
                    case "FAILED":
                    case 704:
                        message.desiredState = 704;
                        break;
                    case "REJECTED":
                    case 768:
                        message.desiredState = 768;
                        break;
                    case "REMOVE":
                    case 800:
                        message.desiredState = 800;
                        break;
                    case "ORPHANED":
                    case 832:
                        message.desiredState = 832;
                        break;
                    default:
                        if (typeof object.desiredState === "number" && (object.desiredState | 0) === object.desiredState)
                            message.desiredState = object.desiredState;
                    }
                if (object.status != null) {
                    if (!$util.isObject(object.status))
                        throw $TypeError(".skep.v1.Task.status: object expected");
                    message.status = $root.skep.v1.TaskStatus.fromObject(object.status, _depth + 1);
                }
                if (object.statusAppliedAtMs != null)
                    if (!$Object.is($Number(object.statusAppliedAtMs), 0))
                        message.statusAppliedAtMs = $Number(object.statusAppliedAtMs);
                if (object.runningSinceMs != null)
                    message.runningSinceMs = $Number(object.runningSinceMs);
                if (object.startNotBeforeMs != null)
                    message.startNotBeforeMs = $Number(object.startNotBeforeMs);
                if (object.attachments) {
                    if (!$Array.isArray(object.attachments))
                        throw $TypeError(".skep.v1.Task.attachments: array expected");
                    message.attachments = $Array(object.attachments.length);
                    for (let i = 0; i < object.attachments.length; ++i) {
                        if (!$util.isObject(object.attachments[i]))
                            throw $TypeError(".skep.v1.Task.attachments: object expected");
                        message.attachments[i] = $root.skep.v1.TaskAttachment.fromObject(object.attachments[i], _depth + 1);
                    }
                }
                if (object.ports) {
                    if (!$Array.isArray(object.ports))
                        throw $TypeError(".skep.v1.Task.ports: array expected");
                    message.ports = $Array(object.ports.length);
                    for (let i = 0; i < object.ports.length; ++i) {
                        if (!$util.isObject(object.ports[i]))
                            throw $TypeError(".skep.v1.Task.ports: object expected");
                        message.ports[i] = $root.skep.v1.PortConfig.fromObject(object.ports[i], _depth + 1);
                    }
                }
                if (object.restarts != null) {
                    if (!$util.isObject(object.restarts))
                        throw $TypeError(".skep.v1.Task.restarts: object expected");
                    message.restarts = $root.skep.v1.RestartHistory.fromObject(object.restarts, _depth + 1);
                }
                return message;
            };

            Task.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.attachments = [];
                    object.ports = [];
                }
                if (options.defaults) {
                    object.kind = "";
                    object.id = "";
                    object.version = 0;
                    object.createdAtMs = 0;
                    object.updatedAtMs = 0;
                    object.serviceId = "";
                    object.serviceName = "";
                    object.slot = 0;
                    object.nodeId = "";
                    object.spec = null;
                    object.specVersion = 0;
                    object.desiredState = options.enums === $String ? "NEW" : 0;
                    object.status = null;
                    object.statusAppliedAtMs = 0;
                }
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                    object.kind = message.kind;
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    object.id = message.id;
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    object.version = options.json && !$isFinite(message.version) ? $String(message.version) : message.version;
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs"))
                    object.createdAtMs = options.json && !$isFinite(message.createdAtMs) ? $String(message.createdAtMs) : message.createdAtMs;
                if (message.updatedAtMs != null && $Object.hasOwnProperty.call(message, "updatedAtMs"))
                    object.updatedAtMs = options.json && !$isFinite(message.updatedAtMs) ? $String(message.updatedAtMs) : message.updatedAtMs;
                if (message.serviceId != null && $Object.hasOwnProperty.call(message, "serviceId"))
                    object.serviceId = message.serviceId;
                if (message.serviceName != null && $Object.hasOwnProperty.call(message, "serviceName"))
                    object.serviceName = message.serviceName;
                if (message.slot != null && $Object.hasOwnProperty.call(message, "slot"))
                    object.slot = message.slot;
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId"))
                    object.nodeId = message.nodeId;
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    object.spec = $root.skep.v1.TaskSpec.toObject(message.spec, options, _depth + 1);
                if (message.specVersion != null && $Object.hasOwnProperty.call(message, "specVersion"))
                    object.specVersion = message.specVersion;
                if (message.desiredState != null && $Object.hasOwnProperty.call(message, "desiredState"))
                    object.desiredState = options.enums === $String ? $root.skep.v1.TaskState[message.desiredState] === $undefined ? message.desiredState : $root.skep.v1.TaskState[message.desiredState] : message.desiredState;
                if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                    object.status = $root.skep.v1.TaskStatus.toObject(message.status, options, _depth + 1);
                if (message.statusAppliedAtMs != null && $Object.hasOwnProperty.call(message, "statusAppliedAtMs"))
                    object.statusAppliedAtMs = options.json && !$isFinite(message.statusAppliedAtMs) ? $String(message.statusAppliedAtMs) : message.statusAppliedAtMs;
                if (message.runningSinceMs != null && $Object.hasOwnProperty.call(message, "runningSinceMs"))
                    object.runningSinceMs = options.json && !$isFinite(message.runningSinceMs) ? $String(message.runningSinceMs) : message.runningSinceMs;
                if (message.startNotBeforeMs != null && $Object.hasOwnProperty.call(message, "startNotBeforeMs"))
                    object.startNotBeforeMs = options.json && !$isFinite(message.startNotBeforeMs) ? $String(message.startNotBeforeMs) : message.startNotBeforeMs;
                if (message.attachments && message.attachments.length) {
                    object.attachments = $Array(message.attachments.length);
                    for (let j = 0; j < message.attachments.length; ++j)
                        object.attachments[j] = $root.skep.v1.TaskAttachment.toObject(message.attachments[j], options, _depth + 1);
                }
                if (message.ports && message.ports.length) {
                    object.ports = $Array(message.ports.length);
                    for (let j = 0; j < message.ports.length; ++j)
                        object.ports[j] = $root.skep.v1.PortConfig.toObject(message.ports[j], options, _depth + 1);
                }
                if (message.restarts != null && $Object.hasOwnProperty.call(message, "restarts"))
                    object.restarts = $root.skep.v1.RestartHistory.toObject(message.restarts, options, _depth + 1);
                return object;
            };

            Task.prototype.toJSON = function() {
                return Task.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Task;
        })();

        v1.NodeSpec = (function() {

            const NodeSpec = function (properties) {
                this.labels = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            NodeSpec.prototype.role = "";
            NodeSpec.prototype.availability = "";
            NodeSpec.prototype.labels = $util.emptyObject;

            NodeSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                    writer.uint32(10).string(message.role);
                if (message.availability != null && $Object.hasOwnProperty.call(message, "availability") && message.availability !== "")
                    writer.uint32(18).string(message.availability);
                if (message.labels != null && $Object.hasOwnProperty.call(message, "labels"))
                    for (let keys = $Object.keys(message.labels), i = 0; i < keys.length; ++i)
                        writer.uint32(26).fork().uint32(10).string(keys[i]).uint32(18).string(message.labels[keys[i]]).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            NodeSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.NodeSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.role = value;
                            else
                                delete message.role;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.availability = value;
                            else
                                delete message.availability;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (message.labels === $util.emptyObject)
                                message.labels = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = "";
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = reader.stringVerify();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.labels, key);
                            message.labels[key] = value;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            NodeSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.NodeSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.NodeSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.NodeSpec();
                if (object.role != null)
                    if (typeof object.role !== "string" || object.role.length)
                        message.role = $String(object.role);
                if (object.availability != null)
                    if (typeof object.availability !== "string" || object.availability.length)
                        message.availability = $String(object.availability);
                if (object.labels) {
                    if (!$util.isObject(object.labels))
                        throw $TypeError(".skep.v1.NodeSpec.labels: object expected");
                    message.labels = {};
                    for (let keys = $Object.keys(object.labels), i = 0; i < keys.length; ++i) {
                        if (keys[i] === "__proto__")
                            $util.makeProp(message.labels, keys[i]);
                        message.labels[keys[i]] = $String(object.labels[keys[i]]);
                    }
                }
                return message;
            };

            NodeSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.objects || options.defaults)
                    object.labels = {};
                if (options.defaults) {
                    object.role = "";
                    object.availability = "";
                }
                if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                    object.role = message.role;
                if (message.availability != null && $Object.hasOwnProperty.call(message, "availability"))
                    object.availability = message.availability;
                let keys2;
                if (message.labels && (keys2 = $Object.keys(message.labels)).length) {
                    object.labels = {};
                    for (let j = 0; j < keys2.length; ++j) {
                        if (keys2[j] === "__proto__")
                            $util.makeProp(object.labels, keys2[j]);
                        object.labels[keys2[j]] = message.labels[keys2[j]];
                    }
                }
                return object;
            };

            NodeSpec.prototype.toJSON = function() {
                return NodeSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return NodeSpec;
        })();

        v1.NodeImage = (function() {

            const NodeImage = function (properties) {
                this.references = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            NodeImage.prototype.imageId = "";
            NodeImage.prototype.references = $util.emptyArray;

            NodeImage.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.imageId != null && $Object.hasOwnProperty.call(message, "imageId") && message.imageId !== "")
                    writer.uint32(10).string(message.imageId);
                if (message.references != null && message.references.length)
                    for (let i = 0; i < message.references.length; ++i)
                        writer.uint32(18).string(message.references[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            NodeImage.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.NodeImage();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.imageId = value;
                            else
                                delete message.imageId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.references && message.references.length))
                                message.references = [];
                            message.references.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            NodeImage.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.NodeImage)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.NodeImage: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.NodeImage();
                if (object.imageId != null)
                    if (typeof object.imageId !== "string" || object.imageId.length)
                        message.imageId = $String(object.imageId);
                if (object.references) {
                    if (!$Array.isArray(object.references))
                        throw $TypeError(".skep.v1.NodeImage.references: array expected");
                    message.references = $Array(object.references.length);
                    for (let i = 0; i < object.references.length; ++i)
                        message.references[i] = $String(object.references[i]);
                }
                return message;
            };

            NodeImage.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.references = [];
                if (options.defaults)
                    object.imageId = "";
                if (message.imageId != null && $Object.hasOwnProperty.call(message, "imageId"))
                    object.imageId = message.imageId;
                if (message.references && message.references.length) {
                    object.references = $Array(message.references.length);
                    for (let j = 0; j < message.references.length; ++j)
                        object.references[j] = message.references[j];
                }
                return object;
            };

            NodeImage.prototype.toJSON = function() {
                return NodeImage.toObject(this, $protobuf.util.toJSONOptions);
            };

            return NodeImage;
        })();

        v1.NodeDescription = (function() {

            const NodeDescription = function (properties) {
                this.engineLabels = {};
                this.images = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            NodeDescription.prototype.hostname = "";
            NodeDescription.prototype.os = "";
            NodeDescription.prototype.architecture = "";
            NodeDescription.prototype.nanoCpus = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
            NodeDescription.prototype.memoryBytes = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
            NodeDescription.prototype.engineVersion = "";
            NodeDescription.prototype.engineLabels = $util.emptyObject;
            NodeDescription.prototype.images = $util.emptyArray;
            NodeDescription.prototype.dataPathAddress = "";

            NodeDescription.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.hostname != null && $Object.hasOwnProperty.call(message, "hostname") && message.hostname !== "")
                    writer.uint32(10).string(message.hostname);
                if (message.os != null && $Object.hasOwnProperty.call(message, "os") && message.os !== "")
                    writer.uint32(18).string(message.os);
                if (message.architecture != null && $Object.hasOwnProperty.call(message, "architecture") && message.architecture !== "")
                    writer.uint32(26).string(message.architecture);
                if (message.nanoCpus != null && $Object.hasOwnProperty.call(message, "nanoCpus") && (typeof message.nanoCpus === "object" ? message.nanoCpus.low || message.nanoCpus.high : message.nanoCpus !== 0))
                    writer.uint32(32).int64(message.nanoCpus);
                if (message.memoryBytes != null && $Object.hasOwnProperty.call(message, "memoryBytes") && (typeof message.memoryBytes === "object" ? message.memoryBytes.low || message.memoryBytes.high : message.memoryBytes !== 0))
                    writer.uint32(40).int64(message.memoryBytes);
                if (message.engineVersion != null && $Object.hasOwnProperty.call(message, "engineVersion") && message.engineVersion !== "")
                    writer.uint32(50).string(message.engineVersion);
                if (message.engineLabels != null && $Object.hasOwnProperty.call(message, "engineLabels"))
                    for (let keys = $Object.keys(message.engineLabels), i = 0; i < keys.length; ++i)
                        writer.uint32(58).fork().uint32(10).string(keys[i]).uint32(18).string(message.engineLabels[keys[i]]).ldelim();
                if (message.images != null && message.images.length)
                    for (let i = 0; i < message.images.length; ++i)
                        $root.skep.v1.NodeImage.encode(message.images[i], writer.uint32(66).fork(), _depth + 1).ldelim();
                if (message.dataPathAddress != null && $Object.hasOwnProperty.call(message, "dataPathAddress") && message.dataPathAddress !== "")
                    writer.uint32(74).string(message.dataPathAddress);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            NodeDescription.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.NodeDescription();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.hostname = value;
                            else
                                delete message.hostname;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.os = value;
                            else
                                delete message.os;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.architecture = value;
                            else
                                delete message.architecture;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.nanoCpus = value;
                            else
                                delete message.nanoCpus;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.memoryBytes = value;
                            else
                                delete message.memoryBytes;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.engineVersion = value;
                            else
                                delete message.engineVersion;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (message.engineLabels === $util.emptyObject)
                                message.engineLabels = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = "";
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = reader.stringVerify();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.engineLabels, key);
                            message.engineLabels[key] = value;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if (!(message.images && message.images.length))
                                message.images = [];
                            message.images.push($root.skep.v1.NodeImage.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.dataPathAddress = value;
                            else
                                delete message.dataPathAddress;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            NodeDescription.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.NodeDescription)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.NodeDescription: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.NodeDescription();
                if (object.hostname != null)
                    if (typeof object.hostname !== "string" || object.hostname.length)
                        message.hostname = $String(object.hostname);
                if (object.os != null)
                    if (typeof object.os !== "string" || object.os.length)
                        message.os = $String(object.os);
                if (object.architecture != null)
                    if (typeof object.architecture !== "string" || object.architecture.length)
                        message.architecture = $String(object.architecture);
                if (object.nanoCpus != null)
                    if (typeof object.nanoCpus === "object" ? object.nanoCpus.low || object.nanoCpus.high : $Number(object.nanoCpus) !== 0)
                        if ($util.Long)
                            message.nanoCpus = $util.Long.fromValue(object.nanoCpus, false);
                        else if (typeof object.nanoCpus === "string")
                            message.nanoCpus = $parseInt(object.nanoCpus, 10);
                        else if (typeof object.nanoCpus === "number")
                            message.nanoCpus = object.nanoCpus;
                        else if (typeof object.nanoCpus === "object")
                            message.nanoCpus = new $util.LongBits(object.nanoCpus.low >>> 0, object.nanoCpus.high >>> 0).toNumber();
                if (object.memoryBytes != null)
                    if (typeof object.memoryBytes === "object" ? object.memoryBytes.low || object.memoryBytes.high : $Number(object.memoryBytes) !== 0)
                        if ($util.Long)
                            message.memoryBytes = $util.Long.fromValue(object.memoryBytes, false);
                        else if (typeof object.memoryBytes === "string")
                            message.memoryBytes = $parseInt(object.memoryBytes, 10);
                        else if (typeof object.memoryBytes === "number")
                            message.memoryBytes = object.memoryBytes;
                        else if (typeof object.memoryBytes === "object")
                            message.memoryBytes = new $util.LongBits(object.memoryBytes.low >>> 0, object.memoryBytes.high >>> 0).toNumber();
                if (object.engineVersion != null)
                    if (typeof object.engineVersion !== "string" || object.engineVersion.length)
                        message.engineVersion = $String(object.engineVersion);
                if (object.engineLabels) {
                    if (!$util.isObject(object.engineLabels))
                        throw $TypeError(".skep.v1.NodeDescription.engineLabels: object expected");
                    message.engineLabels = {};
                    for (let keys = $Object.keys(object.engineLabels), i = 0; i < keys.length; ++i) {
                        if (keys[i] === "__proto__")
                            $util.makeProp(message.engineLabels, keys[i]);
                        message.engineLabels[keys[i]] = $String(object.engineLabels[keys[i]]);
                    }
                }
                if (object.images) {
                    if (!$Array.isArray(object.images))
                        throw $TypeError(".skep.v1.NodeDescription.images: array expected");
                    message.images = $Array(object.images.length);
                    for (let i = 0; i < object.images.length; ++i) {
                        if (!$util.isObject(object.images[i]))
                            throw $TypeError(".skep.v1.NodeDescription.images: object expected");
                        message.images[i] = $root.skep.v1.NodeImage.fromObject(object.images[i], _depth + 1);
                    }
                }
                if (object.dataPathAddress != null)
                    if (typeof object.dataPathAddress !== "string" || object.dataPathAddress.length)
                        message.dataPathAddress = $String(object.dataPathAddress);
                return message;
            };

            NodeDescription.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.images = [];
                if (options.objects || options.defaults)
                    object.engineLabels = {};
                if (options.defaults) {
                    object.hostname = "";
                    object.os = "";
                    object.architecture = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, false);
                        object.nanoCpus = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.nanoCpus = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, false);
                        object.memoryBytes = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.memoryBytes = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.engineVersion = "";
                    object.dataPathAddress = "";
                }
                if (message.hostname != null && $Object.hasOwnProperty.call(message, "hostname"))
                    object.hostname = message.hostname;
                if (message.os != null && $Object.hasOwnProperty.call(message, "os"))
                    object.os = message.os;
                if (message.architecture != null && $Object.hasOwnProperty.call(message, "architecture"))
                    object.architecture = message.architecture;
                if (message.nanoCpus != null && $Object.hasOwnProperty.call(message, "nanoCpus"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.nanoCpus = typeof message.nanoCpus === "number" ? $BigInt(message.nanoCpus) : $util.Long.fromBits(message.nanoCpus.low >>> 0, message.nanoCpus.high >>> 0, false).toBigInt();
                    else if (typeof message.nanoCpus === "number")
                        object.nanoCpus = options.longs === $String ? $String(message.nanoCpus) : message.nanoCpus;
                    else
                        object.nanoCpus = options.longs === $String ? $util.Long.prototype.toString.call(message.nanoCpus) : options.longs === $Number ? new $util.LongBits(message.nanoCpus.low >>> 0, message.nanoCpus.high >>> 0).toNumber() : message.nanoCpus;
                if (message.memoryBytes != null && $Object.hasOwnProperty.call(message, "memoryBytes"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.memoryBytes = typeof message.memoryBytes === "number" ? $BigInt(message.memoryBytes) : $util.Long.fromBits(message.memoryBytes.low >>> 0, message.memoryBytes.high >>> 0, false).toBigInt();
                    else if (typeof message.memoryBytes === "number")
                        object.memoryBytes = options.longs === $String ? $String(message.memoryBytes) : message.memoryBytes;
                    else
                        object.memoryBytes = options.longs === $String ? $util.Long.prototype.toString.call(message.memoryBytes) : options.longs === $Number ? new $util.LongBits(message.memoryBytes.low >>> 0, message.memoryBytes.high >>> 0).toNumber() : message.memoryBytes;
                if (message.engineVersion != null && $Object.hasOwnProperty.call(message, "engineVersion"))
                    object.engineVersion = message.engineVersion;
                let keys2;
                if (message.engineLabels && (keys2 = $Object.keys(message.engineLabels)).length) {
                    object.engineLabels = {};
                    for (let j = 0; j < keys2.length; ++j) {
                        if (keys2[j] === "__proto__")
                            $util.makeProp(object.engineLabels, keys2[j]);
                        object.engineLabels[keys2[j]] = message.engineLabels[keys2[j]];
                    }
                }
                if (message.images && message.images.length) {
                    object.images = $Array(message.images.length);
                    for (let j = 0; j < message.images.length; ++j)
                        object.images[j] = $root.skep.v1.NodeImage.toObject(message.images[j], options, _depth + 1);
                }
                if (message.dataPathAddress != null && $Object.hasOwnProperty.call(message, "dataPathAddress"))
                    object.dataPathAddress = message.dataPathAddress;
                return object;
            };

            NodeDescription.prototype.toJSON = function() {
                return NodeDescription.toObject(this, $protobuf.util.toJSONOptions);
            };

            return NodeDescription;
        })();

        v1.NodeStatus = (function() {

            const NodeStatus = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            NodeStatus.prototype.state = "";
            NodeStatus.prototype.message = "";
            NodeStatus.prototype.address = "";

            NodeStatus.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                    writer.uint32(10).string(message.state);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(18).string(message.message);
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address !== "")
                    writer.uint32(26).string(message.address);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            NodeStatus.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.NodeStatus();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.state = value;
                            else
                                delete message.state;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.address = value;
                            else
                                delete message.address;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            NodeStatus.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.NodeStatus)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.NodeStatus: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.NodeStatus();
                if (object.state != null)
                    if (typeof object.state !== "string" || object.state.length)
                        message.state = $String(object.state);
                if (object.message != null)
                    if (typeof object.message !== "string" || object.message.length)
                        message.message = $String(object.message);
                if (object.address != null)
                    if (typeof object.address !== "string" || object.address.length)
                        message.address = $String(object.address);
                return message;
            };

            NodeStatus.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.state = "";
                    object.message = "";
                    object.address = "";
                }
                if (message.state != null && $Object.hasOwnProperty.call(message, "state"))
                    object.state = message.state;
                if (message.message != null && $Object.hasOwnProperty.call(message, "message"))
                    object.message = message.message;
                if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                    object.address = message.address;
                return object;
            };

            NodeStatus.prototype.toJSON = function() {
                return NodeStatus.toObject(this, $protobuf.util.toJSONOptions);
            };

            return NodeStatus;
        })();

        v1.ManagerStatus = (function() {

            const ManagerStatus = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ManagerStatus.prototype.raftId = 0;
            ManagerStatus.prototype.address = "";
            ManagerStatus.prototype.leader = false;
            ManagerStatus.prototype.reachability = "";

            ManagerStatus.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.raftId != null && $Object.hasOwnProperty.call(message, "raftId") && !$Object.is(message.raftId, 0))
                    writer.uint32(9).double(message.raftId);
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address !== "")
                    writer.uint32(18).string(message.address);
                if (message.leader != null && $Object.hasOwnProperty.call(message, "leader") && message.leader !== false)
                    writer.uint32(24).bool(message.leader);
                if (message.reachability != null && $Object.hasOwnProperty.call(message, "reachability") && message.reachability !== "")
                    writer.uint32(34).string(message.reachability);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ManagerStatus.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ManagerStatus();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.raftId = value;
                            else
                                delete message.raftId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.address = value;
                            else
                                delete message.address;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.leader = value;
                            else
                                delete message.leader;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reachability = value;
                            else
                                delete message.reachability;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ManagerStatus.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ManagerStatus)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ManagerStatus: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ManagerStatus();
                if (object.raftId != null)
                    if (!$Object.is($Number(object.raftId), 0))
                        message.raftId = $Number(object.raftId);
                if (object.address != null)
                    if (typeof object.address !== "string" || object.address.length)
                        message.address = $String(object.address);
                if (object.leader != null)
                    if (object.leader)
                        message.leader = $Boolean(object.leader);
                if (object.reachability != null)
                    if (typeof object.reachability !== "string" || object.reachability.length)
                        message.reachability = $String(object.reachability);
                return message;
            };

            ManagerStatus.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.raftId = 0;
                    object.address = "";
                    object.leader = false;
                    object.reachability = "";
                }
                if (message.raftId != null && $Object.hasOwnProperty.call(message, "raftId"))
                    object.raftId = options.json && !$isFinite(message.raftId) ? $String(message.raftId) : message.raftId;
                if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                    object.address = message.address;
                if (message.leader != null && $Object.hasOwnProperty.call(message, "leader"))
                    object.leader = message.leader;
                if (message.reachability != null && $Object.hasOwnProperty.call(message, "reachability"))
                    object.reachability = message.reachability;
                return object;
            };

            ManagerStatus.prototype.toJSON = function() {
                return ManagerStatus.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ManagerStatus;
        })();

        v1.Node = (function() {

            const Node = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Node.prototype.kind = "";
            Node.prototype.id = "";
            Node.prototype.version = 0;
            Node.prototype.createdAtMs = 0;
            Node.prototype.updatedAtMs = 0;
            Node.prototype.spec = null;
            Node.prototype.description = null;
            Node.prototype.status = null;
            Node.prototype.manager = null;
            Node.prototype.routerAddress = "";
            Node.prototype.certificateExpiresAtMs = 0;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Node.prototype, "_description", {
                get: $util.oneOfGetter($oneOfFields = ["description"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Node.prototype, "_manager", {
                get: $util.oneOfGetter($oneOfFields = ["manager"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Node.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(10).string(message.kind);
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(18).string(message.id);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && !$Object.is(message.version, 0))
                    writer.uint32(25).double(message.version);
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs") && !$Object.is(message.createdAtMs, 0))
                    writer.uint32(33).double(message.createdAtMs);
                if (message.updatedAtMs != null && $Object.hasOwnProperty.call(message, "updatedAtMs") && !$Object.is(message.updatedAtMs, 0))
                    writer.uint32(41).double(message.updatedAtMs);
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    $root.skep.v1.NodeSpec.encode(message.spec, writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                    $root.skep.v1.NodeDescription.encode(message.description, writer.uint32(58).fork(), _depth + 1).ldelim();
                if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                    $root.skep.v1.NodeStatus.encode(message.status, writer.uint32(66).fork(), _depth + 1).ldelim();
                if (message.manager != null && $Object.hasOwnProperty.call(message, "manager"))
                    $root.skep.v1.ManagerStatus.encode(message.manager, writer.uint32(74).fork(), _depth + 1).ldelim();
                if (message.routerAddress != null && $Object.hasOwnProperty.call(message, "routerAddress") && message.routerAddress !== "")
                    writer.uint32(82).string(message.routerAddress);
                if (message.certificateExpiresAtMs != null && $Object.hasOwnProperty.call(message, "certificateExpiresAtMs") && !$Object.is(message.certificateExpiresAtMs, 0))
                    writer.uint32(89).double(message.certificateExpiresAtMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Node.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.Node();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.createdAtMs = value;
                            else
                                delete message.createdAtMs;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.updatedAtMs = value;
                            else
                                delete message.updatedAtMs;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.spec = $root.skep.v1.NodeSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spec);
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.description = $root.skep.v1.NodeDescription.decode(reader, reader.size(), $undefined, _depth + 1, message.description);
                            message._description = "description";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.status = $root.skep.v1.NodeStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.status);
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.manager = $root.skep.v1.ManagerStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.manager);
                            message._manager = "manager";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.routerAddress = value;
                            else
                                delete message.routerAddress;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.certificateExpiresAtMs = value;
                            else
                                delete message.certificateExpiresAtMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Node.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.Node)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.Node: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.Node();
                if (object.kind != null)
                    if (typeof object.kind !== "string" || object.kind.length)
                        message.kind = $String(object.kind);
                if (object.id != null)
                    if (typeof object.id !== "string" || object.id.length)
                        message.id = $String(object.id);
                if (object.version != null)
                    if (!$Object.is($Number(object.version), 0))
                        message.version = $Number(object.version);
                if (object.createdAtMs != null)
                    if (!$Object.is($Number(object.createdAtMs), 0))
                        message.createdAtMs = $Number(object.createdAtMs);
                if (object.updatedAtMs != null)
                    if (!$Object.is($Number(object.updatedAtMs), 0))
                        message.updatedAtMs = $Number(object.updatedAtMs);
                if (object.spec != null) {
                    if (!$util.isObject(object.spec))
                        throw $TypeError(".skep.v1.Node.spec: object expected");
                    message.spec = $root.skep.v1.NodeSpec.fromObject(object.spec, _depth + 1);
                }
                if (object.description != null) {
                    if (!$util.isObject(object.description))
                        throw $TypeError(".skep.v1.Node.description: object expected");
                    message.description = $root.skep.v1.NodeDescription.fromObject(object.description, _depth + 1);
                }
                if (object.status != null) {
                    if (!$util.isObject(object.status))
                        throw $TypeError(".skep.v1.Node.status: object expected");
                    message.status = $root.skep.v1.NodeStatus.fromObject(object.status, _depth + 1);
                }
                if (object.manager != null) {
                    if (!$util.isObject(object.manager))
                        throw $TypeError(".skep.v1.Node.manager: object expected");
                    message.manager = $root.skep.v1.ManagerStatus.fromObject(object.manager, _depth + 1);
                }
                if (object.routerAddress != null)
                    if (typeof object.routerAddress !== "string" || object.routerAddress.length)
                        message.routerAddress = $String(object.routerAddress);
                if (object.certificateExpiresAtMs != null)
                    if (!$Object.is($Number(object.certificateExpiresAtMs), 0))
                        message.certificateExpiresAtMs = $Number(object.certificateExpiresAtMs);
                return message;
            };

            Node.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.kind = "";
                    object.id = "";
                    object.version = 0;
                    object.createdAtMs = 0;
                    object.updatedAtMs = 0;
                    object.spec = null;
                    object.status = null;
                    object.routerAddress = "";
                    object.certificateExpiresAtMs = 0;
                }
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                    object.kind = message.kind;
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    object.id = message.id;
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    object.version = options.json && !$isFinite(message.version) ? $String(message.version) : message.version;
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs"))
                    object.createdAtMs = options.json && !$isFinite(message.createdAtMs) ? $String(message.createdAtMs) : message.createdAtMs;
                if (message.updatedAtMs != null && $Object.hasOwnProperty.call(message, "updatedAtMs"))
                    object.updatedAtMs = options.json && !$isFinite(message.updatedAtMs) ? $String(message.updatedAtMs) : message.updatedAtMs;
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    object.spec = $root.skep.v1.NodeSpec.toObject(message.spec, options, _depth + 1);
                if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                    object.description = $root.skep.v1.NodeDescription.toObject(message.description, options, _depth + 1);
                if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                    object.status = $root.skep.v1.NodeStatus.toObject(message.status, options, _depth + 1);
                if (message.manager != null && $Object.hasOwnProperty.call(message, "manager"))
                    object.manager = $root.skep.v1.ManagerStatus.toObject(message.manager, options, _depth + 1);
                if (message.routerAddress != null && $Object.hasOwnProperty.call(message, "routerAddress"))
                    object.routerAddress = message.routerAddress;
                if (message.certificateExpiresAtMs != null && $Object.hasOwnProperty.call(message, "certificateExpiresAtMs"))
                    object.certificateExpiresAtMs = options.json && !$isFinite(message.certificateExpiresAtMs) ? $String(message.certificateExpiresAtMs) : message.certificateExpiresAtMs;
                return object;
            };

            Node.prototype.toJSON = function() {
                return Node.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Node;
        })();

        v1.NetworkSpec = (function() {

            const NetworkSpec = function (properties) {
                this.labels = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            NetworkSpec.prototype.name = "";
            NetworkSpec.prototype.labels = $util.emptyObject;
            NetworkSpec.prototype.driver = "";
            NetworkSpec.prototype.subnet = null;
            NetworkSpec.prototype.internal = false;
            NetworkSpec.prototype.attachable = false;
            NetworkSpec.prototype.ingress = false;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(NetworkSpec.prototype, "_subnet", {
                get: $util.oneOfGetter($oneOfFields = ["subnet"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            NetworkSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(10).string(message.name);
                if (message.labels != null && $Object.hasOwnProperty.call(message, "labels"))
                    for (let keys = $Object.keys(message.labels), i = 0; i < keys.length; ++i)
                        writer.uint32(18).fork().uint32(10).string(keys[i]).uint32(18).string(message.labels[keys[i]]).ldelim();
                if (message.driver != null && $Object.hasOwnProperty.call(message, "driver") && message.driver !== "")
                    writer.uint32(26).string(message.driver);
                if (message.subnet != null && $Object.hasOwnProperty.call(message, "subnet"))
                    writer.uint32(34).string(message.subnet);
                if (message.internal != null && $Object.hasOwnProperty.call(message, "internal") && message.internal !== false)
                    writer.uint32(40).bool(message.internal);
                if (message.attachable != null && $Object.hasOwnProperty.call(message, "attachable") && message.attachable !== false)
                    writer.uint32(48).bool(message.attachable);
                if (message.ingress != null && $Object.hasOwnProperty.call(message, "ingress") && message.ingress !== false)
                    writer.uint32(56).bool(message.ingress);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            NetworkSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.NetworkSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (message.labels === $util.emptyObject)
                                message.labels = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = "";
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = reader.stringVerify();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.labels, key);
                            message.labels[key] = value;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.driver = value;
                            else
                                delete message.driver;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.subnet = reader.stringVerify();
                            message._subnet = "subnet";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.internal = value;
                            else
                                delete message.internal;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.attachable = value;
                            else
                                delete message.attachable;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.ingress = value;
                            else
                                delete message.ingress;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            NetworkSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.NetworkSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.NetworkSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.NetworkSpec();
                if (object.name != null)
                    if (typeof object.name !== "string" || object.name.length)
                        message.name = $String(object.name);
                if (object.labels) {
                    if (!$util.isObject(object.labels))
                        throw $TypeError(".skep.v1.NetworkSpec.labels: object expected");
                    message.labels = {};
                    for (let keys = $Object.keys(object.labels), i = 0; i < keys.length; ++i) {
                        if (keys[i] === "__proto__")
                            $util.makeProp(message.labels, keys[i]);
                        message.labels[keys[i]] = $String(object.labels[keys[i]]);
                    }
                }
                if (object.driver != null)
                    if (typeof object.driver !== "string" || object.driver.length)
                        message.driver = $String(object.driver);
                if (object.subnet != null)
                    message.subnet = $String(object.subnet);
                if (object.internal != null)
                    if (object.internal)
                        message.internal = $Boolean(object.internal);
                if (object.attachable != null)
                    if (object.attachable)
                        message.attachable = $Boolean(object.attachable);
                if (object.ingress != null)
                    if (object.ingress)
                        message.ingress = $Boolean(object.ingress);
                return message;
            };

            NetworkSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.objects || options.defaults)
                    object.labels = {};
                if (options.defaults) {
                    object.name = "";
                    object.driver = "";
                    object.internal = false;
                    object.attachable = false;
                    object.ingress = false;
                }
                if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                    object.name = message.name;
                let keys2;
                if (message.labels && (keys2 = $Object.keys(message.labels)).length) {
                    object.labels = {};
                    for (let j = 0; j < keys2.length; ++j) {
                        if (keys2[j] === "__proto__")
                            $util.makeProp(object.labels, keys2[j]);
                        object.labels[keys2[j]] = message.labels[keys2[j]];
                    }
                }
                if (message.driver != null && $Object.hasOwnProperty.call(message, "driver"))
                    object.driver = message.driver;
                if (message.subnet != null && $Object.hasOwnProperty.call(message, "subnet"))
                    object.subnet = message.subnet;
                if (message.internal != null && $Object.hasOwnProperty.call(message, "internal"))
                    object.internal = message.internal;
                if (message.attachable != null && $Object.hasOwnProperty.call(message, "attachable"))
                    object.attachable = message.attachable;
                if (message.ingress != null && $Object.hasOwnProperty.call(message, "ingress"))
                    object.ingress = message.ingress;
                return object;
            };

            NetworkSpec.prototype.toJSON = function() {
                return NetworkSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return NetworkSpec;
        })();

        v1.Network = (function() {

            const Network = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Network.prototype.kind = "";
            Network.prototype.id = "";
            Network.prototype.version = 0;
            Network.prototype.createdAtMs = 0;
            Network.prototype.updatedAtMs = 0;
            Network.prototype.spec = null;
            Network.prototype.subnet = "";

            Network.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(10).string(message.kind);
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(18).string(message.id);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && !$Object.is(message.version, 0))
                    writer.uint32(25).double(message.version);
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs") && !$Object.is(message.createdAtMs, 0))
                    writer.uint32(33).double(message.createdAtMs);
                if (message.updatedAtMs != null && $Object.hasOwnProperty.call(message, "updatedAtMs") && !$Object.is(message.updatedAtMs, 0))
                    writer.uint32(41).double(message.updatedAtMs);
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    $root.skep.v1.NetworkSpec.encode(message.spec, writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.subnet != null && $Object.hasOwnProperty.call(message, "subnet") && message.subnet !== "")
                    writer.uint32(58).string(message.subnet);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Network.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.Network();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.createdAtMs = value;
                            else
                                delete message.createdAtMs;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.updatedAtMs = value;
                            else
                                delete message.updatedAtMs;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.spec = $root.skep.v1.NetworkSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spec);
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.subnet = value;
                            else
                                delete message.subnet;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Network.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.Network)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.Network: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.Network();
                if (object.kind != null)
                    if (typeof object.kind !== "string" || object.kind.length)
                        message.kind = $String(object.kind);
                if (object.id != null)
                    if (typeof object.id !== "string" || object.id.length)
                        message.id = $String(object.id);
                if (object.version != null)
                    if (!$Object.is($Number(object.version), 0))
                        message.version = $Number(object.version);
                if (object.createdAtMs != null)
                    if (!$Object.is($Number(object.createdAtMs), 0))
                        message.createdAtMs = $Number(object.createdAtMs);
                if (object.updatedAtMs != null)
                    if (!$Object.is($Number(object.updatedAtMs), 0))
                        message.updatedAtMs = $Number(object.updatedAtMs);
                if (object.spec != null) {
                    if (!$util.isObject(object.spec))
                        throw $TypeError(".skep.v1.Network.spec: object expected");
                    message.spec = $root.skep.v1.NetworkSpec.fromObject(object.spec, _depth + 1);
                }
                if (object.subnet != null)
                    if (typeof object.subnet !== "string" || object.subnet.length)
                        message.subnet = $String(object.subnet);
                return message;
            };

            Network.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.kind = "";
                    object.id = "";
                    object.version = 0;
                    object.createdAtMs = 0;
                    object.updatedAtMs = 0;
                    object.spec = null;
                    object.subnet = "";
                }
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                    object.kind = message.kind;
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    object.id = message.id;
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    object.version = options.json && !$isFinite(message.version) ? $String(message.version) : message.version;
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs"))
                    object.createdAtMs = options.json && !$isFinite(message.createdAtMs) ? $String(message.createdAtMs) : message.createdAtMs;
                if (message.updatedAtMs != null && $Object.hasOwnProperty.call(message, "updatedAtMs"))
                    object.updatedAtMs = options.json && !$isFinite(message.updatedAtMs) ? $String(message.updatedAtMs) : message.updatedAtMs;
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    object.spec = $root.skep.v1.NetworkSpec.toObject(message.spec, options, _depth + 1);
                if (message.subnet != null && $Object.hasOwnProperty.call(message, "subnet"))
                    object.subnet = message.subnet;
                return object;
            };

            Network.prototype.toJSON = function() {
                return Network.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Network;
        })();

        v1.ClusterSpec = (function() {

            const ClusterSpec = function (properties) {
                this.defaultAddressPools = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ClusterSpec.prototype.name = "";
            ClusterSpec.prototype.taskHistoryLimit = 0;
            ClusterSpec.prototype.heartbeatPeriodMs = 0;
            ClusterSpec.prototype.certificateExpiryMs = 0;
            ClusterSpec.prototype.defaultAddressPools = $util.emptyArray;
            ClusterSpec.prototype.defaultAddressPoolMaskLength = 0;
            ClusterSpec.prototype.dataPathPort = 0;

            ClusterSpec.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(10).string(message.name);
                if (message.taskHistoryLimit != null && $Object.hasOwnProperty.call(message, "taskHistoryLimit") && message.taskHistoryLimit !== 0)
                    writer.uint32(16).uint32(message.taskHistoryLimit);
                if (message.heartbeatPeriodMs != null && $Object.hasOwnProperty.call(message, "heartbeatPeriodMs") && !$Object.is(message.heartbeatPeriodMs, 0))
                    writer.uint32(25).double(message.heartbeatPeriodMs);
                if (message.certificateExpiryMs != null && $Object.hasOwnProperty.call(message, "certificateExpiryMs") && !$Object.is(message.certificateExpiryMs, 0))
                    writer.uint32(33).double(message.certificateExpiryMs);
                if (message.defaultAddressPools != null && message.defaultAddressPools.length)
                    for (let i = 0; i < message.defaultAddressPools.length; ++i)
                        writer.uint32(42).string(message.defaultAddressPools[i]);
                if (message.defaultAddressPoolMaskLength != null && $Object.hasOwnProperty.call(message, "defaultAddressPoolMaskLength") && message.defaultAddressPoolMaskLength !== 0)
                    writer.uint32(48).uint32(message.defaultAddressPoolMaskLength);
                if (message.dataPathPort != null && $Object.hasOwnProperty.call(message, "dataPathPort") && message.dataPathPort !== 0)
                    writer.uint32(56).uint32(message.dataPathPort);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ClusterSpec.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ClusterSpec();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.taskHistoryLimit = value;
                            else
                                delete message.taskHistoryLimit;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.heartbeatPeriodMs = value;
                            else
                                delete message.heartbeatPeriodMs;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.certificateExpiryMs = value;
                            else
                                delete message.certificateExpiryMs;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (!(message.defaultAddressPools && message.defaultAddressPools.length))
                                message.defaultAddressPools = [];
                            message.defaultAddressPools.push(reader.stringVerify());
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.defaultAddressPoolMaskLength = value;
                            else
                                delete message.defaultAddressPoolMaskLength;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.dataPathPort = value;
                            else
                                delete message.dataPathPort;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ClusterSpec.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ClusterSpec)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ClusterSpec: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ClusterSpec();
                if (object.name != null)
                    if (typeof object.name !== "string" || object.name.length)
                        message.name = $String(object.name);
                if (object.taskHistoryLimit != null)
                    if ($Number(object.taskHistoryLimit) !== 0)
                        message.taskHistoryLimit = object.taskHistoryLimit >>> 0;
                if (object.heartbeatPeriodMs != null)
                    if (!$Object.is($Number(object.heartbeatPeriodMs), 0))
                        message.heartbeatPeriodMs = $Number(object.heartbeatPeriodMs);
                if (object.certificateExpiryMs != null)
                    if (!$Object.is($Number(object.certificateExpiryMs), 0))
                        message.certificateExpiryMs = $Number(object.certificateExpiryMs);
                if (object.defaultAddressPools) {
                    if (!$Array.isArray(object.defaultAddressPools))
                        throw $TypeError(".skep.v1.ClusterSpec.defaultAddressPools: array expected");
                    message.defaultAddressPools = $Array(object.defaultAddressPools.length);
                    for (let i = 0; i < object.defaultAddressPools.length; ++i)
                        message.defaultAddressPools[i] = $String(object.defaultAddressPools[i]);
                }
                if (object.defaultAddressPoolMaskLength != null)
                    if ($Number(object.defaultAddressPoolMaskLength) !== 0)
                        message.defaultAddressPoolMaskLength = object.defaultAddressPoolMaskLength >>> 0;
                if (object.dataPathPort != null)
                    if ($Number(object.dataPathPort) !== 0)
                        message.dataPathPort = object.dataPathPort >>> 0;
                return message;
            };

            ClusterSpec.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.defaultAddressPools = [];
                if (options.defaults) {
                    object.name = "";
                    object.taskHistoryLimit = 0;
                    object.heartbeatPeriodMs = 0;
                    object.certificateExpiryMs = 0;
                    object.defaultAddressPoolMaskLength = 0;
                    object.dataPathPort = 0;
                }
                if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                    object.name = message.name;
                if (message.taskHistoryLimit != null && $Object.hasOwnProperty.call(message, "taskHistoryLimit"))
                    object.taskHistoryLimit = message.taskHistoryLimit;
                if (message.heartbeatPeriodMs != null && $Object.hasOwnProperty.call(message, "heartbeatPeriodMs"))
                    object.heartbeatPeriodMs = options.json && !$isFinite(message.heartbeatPeriodMs) ? $String(message.heartbeatPeriodMs) : message.heartbeatPeriodMs;
                if (message.certificateExpiryMs != null && $Object.hasOwnProperty.call(message, "certificateExpiryMs"))
                    object.certificateExpiryMs = options.json && !$isFinite(message.certificateExpiryMs) ? $String(message.certificateExpiryMs) : message.certificateExpiryMs;
                if (message.defaultAddressPools && message.defaultAddressPools.length) {
                    object.defaultAddressPools = $Array(message.defaultAddressPools.length);
                    for (let j = 0; j < message.defaultAddressPools.length; ++j)
                        object.defaultAddressPools[j] = message.defaultAddressPools[j];
                }
                if (message.defaultAddressPoolMaskLength != null && $Object.hasOwnProperty.call(message, "defaultAddressPoolMaskLength"))
                    object.defaultAddressPoolMaskLength = message.defaultAddressPoolMaskLength;
                if (message.dataPathPort != null && $Object.hasOwnProperty.call(message, "dataPathPort"))
                    object.dataPathPort = message.dataPathPort;
                return object;
            };

            ClusterSpec.prototype.toJSON = function() {
                return ClusterSpec.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ClusterSpec;
        })();

        v1.RootAuthority = (function() {

            const RootAuthority = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RootAuthority.prototype.certificatePem = "";
            RootAuthority.prototype.keyPem = "";

            RootAuthority.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.certificatePem != null && $Object.hasOwnProperty.call(message, "certificatePem") && message.certificatePem !== "")
                    writer.uint32(10).string(message.certificatePem);
                if (message.keyPem != null && $Object.hasOwnProperty.call(message, "keyPem") && message.keyPem !== "")
                    writer.uint32(18).string(message.keyPem);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RootAuthority.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.RootAuthority();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.certificatePem = value;
                            else
                                delete message.certificatePem;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.keyPem = value;
                            else
                                delete message.keyPem;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            RootAuthority.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.RootAuthority)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.RootAuthority: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.RootAuthority();
                if (object.certificatePem != null)
                    if (typeof object.certificatePem !== "string" || object.certificatePem.length)
                        message.certificatePem = $String(object.certificatePem);
                if (object.keyPem != null)
                    if (typeof object.keyPem !== "string" || object.keyPem.length)
                        message.keyPem = $String(object.keyPem);
                return message;
            };

            RootAuthority.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.certificatePem = "";
                    object.keyPem = "";
                }
                if (message.certificatePem != null && $Object.hasOwnProperty.call(message, "certificatePem"))
                    object.certificatePem = message.certificatePem;
                if (message.keyPem != null && $Object.hasOwnProperty.call(message, "keyPem"))
                    object.keyPem = message.keyPem;
                return object;
            };

            RootAuthority.prototype.toJSON = function() {
                return RootAuthority.toObject(this, $protobuf.util.toJSONOptions);
            };

            return RootAuthority;
        })();

        v1.JoinTokens = (function() {

            const JoinTokens = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            JoinTokens.prototype.worker = "";
            JoinTokens.prototype.manager = "";

            JoinTokens.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.worker != null && $Object.hasOwnProperty.call(message, "worker") && message.worker !== "")
                    writer.uint32(10).string(message.worker);
                if (message.manager != null && $Object.hasOwnProperty.call(message, "manager") && message.manager !== "")
                    writer.uint32(18).string(message.manager);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            JoinTokens.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.JoinTokens();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.worker = value;
                            else
                                delete message.worker;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.manager = value;
                            else
                                delete message.manager;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            JoinTokens.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.JoinTokens)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.JoinTokens: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.JoinTokens();
                if (object.worker != null)
                    if (typeof object.worker !== "string" || object.worker.length)
                        message.worker = $String(object.worker);
                if (object.manager != null)
                    if (typeof object.manager !== "string" || object.manager.length)
                        message.manager = $String(object.manager);
                return message;
            };

            JoinTokens.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.worker = "";
                    object.manager = "";
                }
                if (message.worker != null && $Object.hasOwnProperty.call(message, "worker"))
                    object.worker = message.worker;
                if (message.manager != null && $Object.hasOwnProperty.call(message, "manager"))
                    object.manager = message.manager;
                return object;
            };

            JoinTokens.prototype.toJSON = function() {
                return JoinTokens.toObject(this, $protobuf.util.toJSONOptions);
            };

            return JoinTokens;
        })();

        v1.Cluster = (function() {

            const Cluster = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Cluster.prototype.kind = "";
            Cluster.prototype.id = "";
            Cluster.prototype.version = 0;
            Cluster.prototype.createdAtMs = 0;
            Cluster.prototype.updatedAtMs = 0;
            Cluster.prototype.spec = null;
            Cluster.prototype.rootAuthority = null;
            Cluster.prototype.joinTokens = null;
            Cluster.prototype.routerSubnet = "";

            Cluster.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(10).string(message.kind);
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(18).string(message.id);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && !$Object.is(message.version, 0))
                    writer.uint32(25).double(message.version);
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs") && !$Object.is(message.createdAtMs, 0))
                    writer.uint32(33).double(message.createdAtMs);
                if (message.updatedAtMs != null && $Object.hasOwnProperty.call(message, "updatedAtMs") && !$Object.is(message.updatedAtMs, 0))
                    writer.uint32(41).double(message.updatedAtMs);
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    $root.skep.v1.ClusterSpec.encode(message.spec, writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.rootAuthority != null && $Object.hasOwnProperty.call(message, "rootAuthority"))
                    $root.skep.v1.RootAuthority.encode(message.rootAuthority, writer.uint32(58).fork(), _depth + 1).ldelim();
                if (message.joinTokens != null && $Object.hasOwnProperty.call(message, "joinTokens"))
                    $root.skep.v1.JoinTokens.encode(message.joinTokens, writer.uint32(66).fork(), _depth + 1).ldelim();
                if (message.routerSubnet != null && $Object.hasOwnProperty.call(message, "routerSubnet") && message.routerSubnet !== "")
                    writer.uint32(74).string(message.routerSubnet);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Cluster.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.Cluster();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.createdAtMs = value;
                            else
                                delete message.createdAtMs;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.updatedAtMs = value;
                            else
                                delete message.updatedAtMs;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.spec = $root.skep.v1.ClusterSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spec);
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.rootAuthority = $root.skep.v1.RootAuthority.decode(reader, reader.size(), $undefined, _depth + 1, message.rootAuthority);
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.joinTokens = $root.skep.v1.JoinTokens.decode(reader, reader.size(), $undefined, _depth + 1, message.joinTokens);
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.routerSubnet = value;
                            else
                                delete message.routerSubnet;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Cluster.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.Cluster)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.Cluster: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.Cluster();
                if (object.kind != null)
                    if (typeof object.kind !== "string" || object.kind.length)
                        message.kind = $String(object.kind);
                if (object.id != null)
                    if (typeof object.id !== "string" || object.id.length)
                        message.id = $String(object.id);
                if (object.version != null)
                    if (!$Object.is($Number(object.version), 0))
                        message.version = $Number(object.version);
                if (object.createdAtMs != null)
                    if (!$Object.is($Number(object.createdAtMs), 0))
                        message.createdAtMs = $Number(object.createdAtMs);
                if (object.updatedAtMs != null)
                    if (!$Object.is($Number(object.updatedAtMs), 0))
                        message.updatedAtMs = $Number(object.updatedAtMs);
                if (object.spec != null) {
                    if (!$util.isObject(object.spec))
                        throw $TypeError(".skep.v1.Cluster.spec: object expected");
                    message.spec = $root.skep.v1.ClusterSpec.fromObject(object.spec, _depth + 1);
                }
                if (object.rootAuthority != null) {
                    if (!$util.isObject(object.rootAuthority))
                        throw $TypeError(".skep.v1.Cluster.rootAuthority: object expected");
                    message.rootAuthority = $root.skep.v1.RootAuthority.fromObject(object.rootAuthority, _depth + 1);
                }
                if (object.joinTokens != null) {
                    if (!$util.isObject(object.joinTokens))
                        throw $TypeError(".skep.v1.Cluster.joinTokens: object expected");
                    message.joinTokens = $root.skep.v1.JoinTokens.fromObject(object.joinTokens, _depth + 1);
                }
                if (object.routerSubnet != null)
                    if (typeof object.routerSubnet !== "string" || object.routerSubnet.length)
                        message.routerSubnet = $String(object.routerSubnet);
                return message;
            };

            Cluster.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.kind = "";
                    object.id = "";
                    object.version = 0;
                    object.createdAtMs = 0;
                    object.updatedAtMs = 0;
                    object.spec = null;
                    object.rootAuthority = null;
                    object.joinTokens = null;
                    object.routerSubnet = "";
                }
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                    object.kind = message.kind;
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    object.id = message.id;
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    object.version = options.json && !$isFinite(message.version) ? $String(message.version) : message.version;
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs"))
                    object.createdAtMs = options.json && !$isFinite(message.createdAtMs) ? $String(message.createdAtMs) : message.createdAtMs;
                if (message.updatedAtMs != null && $Object.hasOwnProperty.call(message, "updatedAtMs"))
                    object.updatedAtMs = options.json && !$isFinite(message.updatedAtMs) ? $String(message.updatedAtMs) : message.updatedAtMs;
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    object.spec = $root.skep.v1.ClusterSpec.toObject(message.spec, options, _depth + 1);
                if (message.rootAuthority != null && $Object.hasOwnProperty.call(message, "rootAuthority"))
                    object.rootAuthority = $root.skep.v1.RootAuthority.toObject(message.rootAuthority, options, _depth + 1);
                if (message.joinTokens != null && $Object.hasOwnProperty.call(message, "joinTokens"))
                    object.joinTokens = $root.skep.v1.JoinTokens.toObject(message.joinTokens, options, _depth + 1);
                if (message.routerSubnet != null && $Object.hasOwnProperty.call(message, "routerSubnet"))
                    object.routerSubnet = message.routerSubnet;
                return object;
            };

            Cluster.prototype.toJSON = function() {
                return Cluster.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Cluster;
        })();

        v1.Change = (function() {

            const Change = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Change.prototype.kind = "";
            Change.prototype.objectKind = null;
            Change.prototype.id = null;
            Change.prototype.cluster = null;
            Change.prototype.node = null;
            Change.prototype.service = null;
            Change.prototype.task = null;
            Change.prototype.network = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Change.prototype, "_objectKind", {
                get: $util.oneOfGetter($oneOfFields = ["objectKind"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Change.prototype, "_id", {
                get: $util.oneOfGetter($oneOfFields = ["id"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Change.prototype, "_cluster", {
                get: $util.oneOfGetter($oneOfFields = ["cluster"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Change.prototype, "_node", {
                get: $util.oneOfGetter($oneOfFields = ["node"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Change.prototype, "_service", {
                get: $util.oneOfGetter($oneOfFields = ["service"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Change.prototype, "_task", {
                get: $util.oneOfGetter($oneOfFields = ["task"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Change.prototype, "_network", {
                get: $util.oneOfGetter($oneOfFields = ["network"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Change.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(10).string(message.kind);
                if (message.objectKind != null && $Object.hasOwnProperty.call(message, "objectKind"))
                    writer.uint32(18).string(message.objectKind);
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    writer.uint32(26).string(message.id);
                if (message.cluster != null && $Object.hasOwnProperty.call(message, "cluster"))
                    $root.skep.v1.Cluster.encode(message.cluster, writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.node != null && $Object.hasOwnProperty.call(message, "node"))
                    $root.skep.v1.Node.encode(message.node, writer.uint32(42).fork(), _depth + 1).ldelim();
                if (message.service != null && $Object.hasOwnProperty.call(message, "service"))
                    $root.skep.v1.Service.encode(message.service, writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.task != null && $Object.hasOwnProperty.call(message, "task"))
                    $root.skep.v1.Task.encode(message.task, writer.uint32(58).fork(), _depth + 1).ldelim();
                if (message.network != null && $Object.hasOwnProperty.call(message, "network"))
                    $root.skep.v1.Network.encode(message.network, writer.uint32(66).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Change.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.Change();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.objectKind = reader.stringVerify();
                            message._objectKind = "objectKind";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.id = reader.stringVerify();
                            message._id = "id";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.cluster = $root.skep.v1.Cluster.decode(reader, reader.size(), $undefined, _depth + 1, message.cluster);
                            message._cluster = "cluster";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.node = $root.skep.v1.Node.decode(reader, reader.size(), $undefined, _depth + 1, message.node);
                            message._node = "node";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.service = $root.skep.v1.Service.decode(reader, reader.size(), $undefined, _depth + 1, message.service);
                            message._service = "service";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.task = $root.skep.v1.Task.decode(reader, reader.size(), $undefined, _depth + 1, message.task);
                            message._task = "task";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.network = $root.skep.v1.Network.decode(reader, reader.size(), $undefined, _depth + 1, message.network);
                            message._network = "network";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Change.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.Change)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.Change: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.Change();
                if (object.kind != null)
                    if (typeof object.kind !== "string" || object.kind.length)
                        message.kind = $String(object.kind);
                if (object.objectKind != null)
                    message.objectKind = $String(object.objectKind);
                if (object.id != null)
                    message.id = $String(object.id);
                if (object.cluster != null) {
                    if (!$util.isObject(object.cluster))
                        throw $TypeError(".skep.v1.Change.cluster: object expected");
                    message.cluster = $root.skep.v1.Cluster.fromObject(object.cluster, _depth + 1);
                }
                if (object.node != null) {
                    if (!$util.isObject(object.node))
                        throw $TypeError(".skep.v1.Change.node: object expected");
                    message.node = $root.skep.v1.Node.fromObject(object.node, _depth + 1);
                }
                if (object.service != null) {
                    if (!$util.isObject(object.service))
                        throw $TypeError(".skep.v1.Change.service: object expected");
                    message.service = $root.skep.v1.Service.fromObject(object.service, _depth + 1);
                }
                if (object.task != null) {
                    if (!$util.isObject(object.task))
                        throw $TypeError(".skep.v1.Change.task: object expected");
                    message.task = $root.skep.v1.Task.fromObject(object.task, _depth + 1);
                }
                if (object.network != null) {
                    if (!$util.isObject(object.network))
                        throw $TypeError(".skep.v1.Change.network: object expected");
                    message.network = $root.skep.v1.Network.fromObject(object.network, _depth + 1);
                }
                return message;
            };

            Change.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.kind = "";
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                    object.kind = message.kind;
                if (message.objectKind != null && $Object.hasOwnProperty.call(message, "objectKind"))
                    object.objectKind = message.objectKind;
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    object.id = message.id;
                if (message.cluster != null && $Object.hasOwnProperty.call(message, "cluster"))
                    object.cluster = $root.skep.v1.Cluster.toObject(message.cluster, options, _depth + 1);
                if (message.node != null && $Object.hasOwnProperty.call(message, "node"))
                    object.node = $root.skep.v1.Node.toObject(message.node, options, _depth + 1);
                if (message.service != null && $Object.hasOwnProperty.call(message, "service"))
                    object.service = $root.skep.v1.Service.toObject(message.service, options, _depth + 1);
                if (message.task != null && $Object.hasOwnProperty.call(message, "task"))
                    object.task = $root.skep.v1.Task.toObject(message.task, options, _depth + 1);
                if (message.network != null && $Object.hasOwnProperty.call(message, "network"))
                    object.network = $root.skep.v1.Network.toObject(message.network, options, _depth + 1);
                return object;
            };

            Change.prototype.toJSON = function() {
                return Change.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Change;
        })();

        v1.Transaction = (function() {

            const Transaction = function (properties) {
                this.changes = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Transaction.prototype.changes = $util.emptyArray;
            Transaction.prototype.proposedAtMs = 0;

            Transaction.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.changes != null && message.changes.length)
                    for (let i = 0; i < message.changes.length; ++i)
                        $root.skep.v1.Change.encode(message.changes[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.proposedAtMs != null && $Object.hasOwnProperty.call(message, "proposedAtMs") && !$Object.is(message.proposedAtMs, 0))
                    writer.uint32(17).double(message.proposedAtMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Transaction.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.Transaction();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.changes && message.changes.length))
                                message.changes = [];
                            message.changes.push($root.skep.v1.Change.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.proposedAtMs = value;
                            else
                                delete message.proposedAtMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Transaction.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.Transaction)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.Transaction: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.Transaction();
                if (object.changes) {
                    if (!$Array.isArray(object.changes))
                        throw $TypeError(".skep.v1.Transaction.changes: array expected");
                    message.changes = $Array(object.changes.length);
                    for (let i = 0; i < object.changes.length; ++i) {
                        if (!$util.isObject(object.changes[i]))
                            throw $TypeError(".skep.v1.Transaction.changes: object expected");
                        message.changes[i] = $root.skep.v1.Change.fromObject(object.changes[i], _depth + 1);
                    }
                }
                if (object.proposedAtMs != null)
                    if (!$Object.is($Number(object.proposedAtMs), 0))
                        message.proposedAtMs = $Number(object.proposedAtMs);
                return message;
            };

            Transaction.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.changes = [];
                if (options.defaults)
                    object.proposedAtMs = 0;
                if (message.changes && message.changes.length) {
                    object.changes = $Array(message.changes.length);
                    for (let j = 0; j < message.changes.length; ++j)
                        object.changes[j] = $root.skep.v1.Change.toObject(message.changes[j], options, _depth + 1);
                }
                if (message.proposedAtMs != null && $Object.hasOwnProperty.call(message, "proposedAtMs"))
                    object.proposedAtMs = options.json && !$isFinite(message.proposedAtMs) ? $String(message.proposedAtMs) : message.proposedAtMs;
                return object;
            };

            Transaction.prototype.toJSON = function() {
                return Transaction.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Transaction;
        })();

        v1.ErrorDetail = (function() {

            const ErrorDetail = function (properties) {
                this.causes = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ErrorDetail.prototype.code = "";
            ErrorDetail.prototype.message = "";
            ErrorDetail.prototype.help = "";
            ErrorDetail.prototype.causes = $util.emptyArray;

            ErrorDetail.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                    writer.uint32(10).string(message.code);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(18).string(message.message);
                if (message.help != null && $Object.hasOwnProperty.call(message, "help") && message.help !== "")
                    writer.uint32(26).string(message.help);
                if (message.causes != null && message.causes.length)
                    for (let i = 0; i < message.causes.length; ++i)
                        writer.uint32(34).string(message.causes[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ErrorDetail.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ErrorDetail();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.code = value;
                            else
                                delete message.code;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.help = value;
                            else
                                delete message.help;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.causes && message.causes.length))
                                message.causes = [];
                            message.causes.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ErrorDetail.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ErrorDetail)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ErrorDetail: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ErrorDetail();
                if (object.code != null)
                    if (typeof object.code !== "string" || object.code.length)
                        message.code = $String(object.code);
                if (object.message != null)
                    if (typeof object.message !== "string" || object.message.length)
                        message.message = $String(object.message);
                if (object.help != null)
                    if (typeof object.help !== "string" || object.help.length)
                        message.help = $String(object.help);
                if (object.causes) {
                    if (!$Array.isArray(object.causes))
                        throw $TypeError(".skep.v1.ErrorDetail.causes: array expected");
                    message.causes = $Array(object.causes.length);
                    for (let i = 0; i < object.causes.length; ++i)
                        message.causes[i] = $String(object.causes[i]);
                }
                return message;
            };

            ErrorDetail.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.causes = [];
                if (options.defaults) {
                    object.code = "";
                    object.message = "";
                    object.help = "";
                }
                if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                    object.code = message.code;
                if (message.message != null && $Object.hasOwnProperty.call(message, "message"))
                    object.message = message.message;
                if (message.help != null && $Object.hasOwnProperty.call(message, "help"))
                    object.help = message.help;
                if (message.causes && message.causes.length) {
                    object.causes = $Array(message.causes.length);
                    for (let j = 0; j < message.causes.length; ++j)
                        object.causes[j] = message.causes[j];
                }
                return object;
            };

            ErrorDetail.prototype.toJSON = function() {
                return ErrorDetail.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ErrorDetail;
        })();

        v1.Empty = (function() {

            const Empty = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Empty.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Empty.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.Empty();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    reader.skipType(tag & 7, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Empty.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.Empty)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.Empty: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                return new $root.skep.v1.Empty();
            };

            Empty.toObject = function () {
                return {};
            };

            Empty.prototype.toJSON = function() {
                return Empty.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Empty;
        })();

        v1.RootCertificate = (function() {

            const RootCertificate = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RootCertificate.prototype.certificatePem = "";

            RootCertificate.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.certificatePem != null && $Object.hasOwnProperty.call(message, "certificatePem") && message.certificatePem !== "")
                    writer.uint32(10).string(message.certificatePem);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RootCertificate.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.RootCertificate();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.certificatePem = value;
                            else
                                delete message.certificatePem;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            RootCertificate.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.RootCertificate)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.RootCertificate: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.RootCertificate();
                if (object.certificatePem != null)
                    if (typeof object.certificatePem !== "string" || object.certificatePem.length)
                        message.certificatePem = $String(object.certificatePem);
                return message;
            };

            RootCertificate.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.certificatePem = "";
                if (message.certificatePem != null && $Object.hasOwnProperty.call(message, "certificatePem"))
                    object.certificatePem = message.certificatePem;
                return object;
            };

            RootCertificate.prototype.toJSON = function() {
                return RootCertificate.toObject(this, $protobuf.util.toJSONOptions);
            };

            return RootCertificate;
        })();

        v1.IssueCertificateRequest = (function() {

            const IssueCertificateRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            IssueCertificateRequest.prototype.signingRequestPem = "";
            IssueCertificateRequest.prototype.token = "";
            IssueCertificateRequest.prototype.availability = "";

            IssueCertificateRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.signingRequestPem != null && $Object.hasOwnProperty.call(message, "signingRequestPem") && message.signingRequestPem !== "")
                    writer.uint32(10).string(message.signingRequestPem);
                if (message.token != null && $Object.hasOwnProperty.call(message, "token") && message.token !== "")
                    writer.uint32(18).string(message.token);
                if (message.availability != null && $Object.hasOwnProperty.call(message, "availability") && message.availability !== "")
                    writer.uint32(26).string(message.availability);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            IssueCertificateRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.IssueCertificateRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.signingRequestPem = value;
                            else
                                delete message.signingRequestPem;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.token = value;
                            else
                                delete message.token;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.availability = value;
                            else
                                delete message.availability;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            IssueCertificateRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.IssueCertificateRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.IssueCertificateRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.IssueCertificateRequest();
                if (object.signingRequestPem != null)
                    if (typeof object.signingRequestPem !== "string" || object.signingRequestPem.length)
                        message.signingRequestPem = $String(object.signingRequestPem);
                if (object.token != null)
                    if (typeof object.token !== "string" || object.token.length)
                        message.token = $String(object.token);
                if (object.availability != null)
                    if (typeof object.availability !== "string" || object.availability.length)
                        message.availability = $String(object.availability);
                return message;
            };

            IssueCertificateRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.signingRequestPem = "";
                    object.token = "";
                    object.availability = "";
                }
                if (message.signingRequestPem != null && $Object.hasOwnProperty.call(message, "signingRequestPem"))
                    object.signingRequestPem = message.signingRequestPem;
                if (message.token != null && $Object.hasOwnProperty.call(message, "token"))
                    object.token = message.token;
                if (message.availability != null && $Object.hasOwnProperty.call(message, "availability"))
                    object.availability = message.availability;
                return object;
            };

            IssueCertificateRequest.prototype.toJSON = function() {
                return IssueCertificateRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return IssueCertificateRequest;
        })();

        v1.IssueCertificateResponse = (function() {

            const IssueCertificateResponse = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            IssueCertificateResponse.prototype.nodeId = "";
            IssueCertificateResponse.prototype.clusterId = "";
            IssueCertificateResponse.prototype.role = "";
            IssueCertificateResponse.prototype.certificatePem = "";
            IssueCertificateResponse.prototype.dataPathPort = 0;

            IssueCertificateResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId") && message.nodeId !== "")
                    writer.uint32(10).string(message.nodeId);
                if (message.clusterId != null && $Object.hasOwnProperty.call(message, "clusterId") && message.clusterId !== "")
                    writer.uint32(18).string(message.clusterId);
                if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                    writer.uint32(26).string(message.role);
                if (message.certificatePem != null && $Object.hasOwnProperty.call(message, "certificatePem") && message.certificatePem !== "")
                    writer.uint32(34).string(message.certificatePem);
                if (message.dataPathPort != null && $Object.hasOwnProperty.call(message, "dataPathPort") && message.dataPathPort !== 0)
                    writer.uint32(40).uint32(message.dataPathPort);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            IssueCertificateResponse.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.IssueCertificateResponse();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.nodeId = value;
                            else
                                delete message.nodeId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.clusterId = value;
                            else
                                delete message.clusterId;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.role = value;
                            else
                                delete message.role;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.certificatePem = value;
                            else
                                delete message.certificatePem;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.dataPathPort = value;
                            else
                                delete message.dataPathPort;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            IssueCertificateResponse.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.IssueCertificateResponse)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.IssueCertificateResponse: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.IssueCertificateResponse();
                if (object.nodeId != null)
                    if (typeof object.nodeId !== "string" || object.nodeId.length)
                        message.nodeId = $String(object.nodeId);
                if (object.clusterId != null)
                    if (typeof object.clusterId !== "string" || object.clusterId.length)
                        message.clusterId = $String(object.clusterId);
                if (object.role != null)
                    if (typeof object.role !== "string" || object.role.length)
                        message.role = $String(object.role);
                if (object.certificatePem != null)
                    if (typeof object.certificatePem !== "string" || object.certificatePem.length)
                        message.certificatePem = $String(object.certificatePem);
                if (object.dataPathPort != null)
                    if ($Number(object.dataPathPort) !== 0)
                        message.dataPathPort = object.dataPathPort >>> 0;
                return message;
            };

            IssueCertificateResponse.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.nodeId = "";
                    object.clusterId = "";
                    object.role = "";
                    object.certificatePem = "";
                    object.dataPathPort = 0;
                }
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId"))
                    object.nodeId = message.nodeId;
                if (message.clusterId != null && $Object.hasOwnProperty.call(message, "clusterId"))
                    object.clusterId = message.clusterId;
                if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                    object.role = message.role;
                if (message.certificatePem != null && $Object.hasOwnProperty.call(message, "certificatePem"))
                    object.certificatePem = message.certificatePem;
                if (message.dataPathPort != null && $Object.hasOwnProperty.call(message, "dataPathPort"))
                    object.dataPathPort = message.dataPathPort;
                return object;
            };

            IssueCertificateResponse.prototype.toJSON = function() {
                return IssueCertificateResponse.toObject(this, $protobuf.util.toJSONOptions);
            };

            return IssueCertificateResponse;
        })();

        v1.SessionRequest = (function() {

            const SessionRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            SessionRequest.prototype.description = null;

            SessionRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                    $root.skep.v1.NodeDescription.encode(message.description, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SessionRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.SessionRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.description = $root.skep.v1.NodeDescription.decode(reader, reader.size(), $undefined, _depth + 1, message.description);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            SessionRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.SessionRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.SessionRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.SessionRequest();
                if (object.description != null) {
                    if (!$util.isObject(object.description))
                        throw $TypeError(".skep.v1.SessionRequest.description: object expected");
                    message.description = $root.skep.v1.NodeDescription.fromObject(object.description, _depth + 1);
                }
                return message;
            };

            SessionRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.description = null;
                if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                    object.description = $root.skep.v1.NodeDescription.toObject(message.description, options, _depth + 1);
                return object;
            };

            SessionRequest.prototype.toJSON = function() {
                return SessionRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return SessionRequest;
        })();

        v1.ManagerAddress = (function() {

            const ManagerAddress = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ManagerAddress.prototype.nodeId = "";
            ManagerAddress.prototype.address = "";

            ManagerAddress.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId") && message.nodeId !== "")
                    writer.uint32(10).string(message.nodeId);
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address !== "")
                    writer.uint32(18).string(message.address);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ManagerAddress.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ManagerAddress();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.nodeId = value;
                            else
                                delete message.nodeId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.address = value;
                            else
                                delete message.address;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ManagerAddress.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ManagerAddress)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ManagerAddress: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ManagerAddress();
                if (object.nodeId != null)
                    if (typeof object.nodeId !== "string" || object.nodeId.length)
                        message.nodeId = $String(object.nodeId);
                if (object.address != null)
                    if (typeof object.address !== "string" || object.address.length)
                        message.address = $String(object.address);
                return message;
            };

            ManagerAddress.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.nodeId = "";
                    object.address = "";
                }
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId"))
                    object.nodeId = message.nodeId;
                if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                    object.address = message.address;
                return object;
            };

            ManagerAddress.prototype.toJSON = function() {
                return ManagerAddress.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ManagerAddress;
        })();

        v1.SessionMessage = (function() {

            const SessionMessage = function (properties) {
                this.managers = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            SessionMessage.prototype.sessionId = "";
            SessionMessage.prototype.heartbeatPeriodMs = 0;
            SessionMessage.prototype.managers = $util.emptyArray;
            SessionMessage.prototype.node = null;

            SessionMessage.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(10).string(message.sessionId);
                if (message.heartbeatPeriodMs != null && $Object.hasOwnProperty.call(message, "heartbeatPeriodMs") && !$Object.is(message.heartbeatPeriodMs, 0))
                    writer.uint32(17).double(message.heartbeatPeriodMs);
                if (message.managers != null && message.managers.length)
                    for (let i = 0; i < message.managers.length; ++i)
                        $root.skep.v1.ManagerAddress.encode(message.managers[i], writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.node != null && $Object.hasOwnProperty.call(message, "node"))
                    $root.skep.v1.Node.encode(message.node, writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SessionMessage.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.SessionMessage();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.heartbeatPeriodMs = value;
                            else
                                delete message.heartbeatPeriodMs;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.managers && message.managers.length))
                                message.managers = [];
                            message.managers.push($root.skep.v1.ManagerAddress.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.node = $root.skep.v1.Node.decode(reader, reader.size(), $undefined, _depth + 1, message.node);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            SessionMessage.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.SessionMessage)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.SessionMessage: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.SessionMessage();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.heartbeatPeriodMs != null)
                    if (!$Object.is($Number(object.heartbeatPeriodMs), 0))
                        message.heartbeatPeriodMs = $Number(object.heartbeatPeriodMs);
                if (object.managers) {
                    if (!$Array.isArray(object.managers))
                        throw $TypeError(".skep.v1.SessionMessage.managers: array expected");
                    message.managers = $Array(object.managers.length);
                    for (let i = 0; i < object.managers.length; ++i) {
                        if (!$util.isObject(object.managers[i]))
                            throw $TypeError(".skep.v1.SessionMessage.managers: object expected");
                        message.managers[i] = $root.skep.v1.ManagerAddress.fromObject(object.managers[i], _depth + 1);
                    }
                }
                if (object.node != null) {
                    if (!$util.isObject(object.node))
                        throw $TypeError(".skep.v1.SessionMessage.node: object expected");
                    message.node = $root.skep.v1.Node.fromObject(object.node, _depth + 1);
                }
                return message;
            };

            SessionMessage.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.managers = [];
                if (options.defaults) {
                    object.sessionId = "";
                    object.heartbeatPeriodMs = 0;
                    object.node = null;
                }
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.heartbeatPeriodMs != null && $Object.hasOwnProperty.call(message, "heartbeatPeriodMs"))
                    object.heartbeatPeriodMs = options.json && !$isFinite(message.heartbeatPeriodMs) ? $String(message.heartbeatPeriodMs) : message.heartbeatPeriodMs;
                if (message.managers && message.managers.length) {
                    object.managers = $Array(message.managers.length);
                    for (let j = 0; j < message.managers.length; ++j)
                        object.managers[j] = $root.skep.v1.ManagerAddress.toObject(message.managers[j], options, _depth + 1);
                }
                if (message.node != null && $Object.hasOwnProperty.call(message, "node"))
                    object.node = $root.skep.v1.Node.toObject(message.node, options, _depth + 1);
                return object;
            };

            SessionMessage.prototype.toJSON = function() {
                return SessionMessage.toObject(this, $protobuf.util.toJSONOptions);
            };

            return SessionMessage;
        })();

        v1.HeartbeatRequest = (function() {

            const HeartbeatRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            HeartbeatRequest.prototype.sessionId = "";

            HeartbeatRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(10).string(message.sessionId);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            HeartbeatRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.HeartbeatRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            HeartbeatRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.HeartbeatRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.HeartbeatRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.HeartbeatRequest();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                return message;
            };

            HeartbeatRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.sessionId = "";
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                return object;
            };

            HeartbeatRequest.prototype.toJSON = function() {
                return HeartbeatRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return HeartbeatRequest;
        })();

        v1.HeartbeatResponse = (function() {

            const HeartbeatResponse = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            HeartbeatResponse.prototype.periodMs = 0;

            HeartbeatResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.periodMs != null && $Object.hasOwnProperty.call(message, "periodMs") && !$Object.is(message.periodMs, 0))
                    writer.uint32(9).double(message.periodMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            HeartbeatResponse.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.HeartbeatResponse();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.periodMs = value;
                            else
                                delete message.periodMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            HeartbeatResponse.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.HeartbeatResponse)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.HeartbeatResponse: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.HeartbeatResponse();
                if (object.periodMs != null)
                    if (!$Object.is($Number(object.periodMs), 0))
                        message.periodMs = $Number(object.periodMs);
                return message;
            };

            HeartbeatResponse.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.periodMs = 0;
                if (message.periodMs != null && $Object.hasOwnProperty.call(message, "periodMs"))
                    object.periodMs = options.json && !$isFinite(message.periodMs) ? $String(message.periodMs) : message.periodMs;
                return object;
            };

            HeartbeatResponse.prototype.toJSON = function() {
                return HeartbeatResponse.toObject(this, $protobuf.util.toJSONOptions);
            };

            return HeartbeatResponse;
        })();

        v1.DescribeRequest = (function() {

            const DescribeRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            DescribeRequest.prototype.sessionId = "";
            DescribeRequest.prototype.description = null;

            DescribeRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(10).string(message.sessionId);
                if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                    $root.skep.v1.NodeDescription.encode(message.description, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            DescribeRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.DescribeRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.description = $root.skep.v1.NodeDescription.decode(reader, reader.size(), $undefined, _depth + 1, message.description);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            DescribeRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.DescribeRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.DescribeRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.DescribeRequest();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.description != null) {
                    if (!$util.isObject(object.description))
                        throw $TypeError(".skep.v1.DescribeRequest.description: object expected");
                    message.description = $root.skep.v1.NodeDescription.fromObject(object.description, _depth + 1);
                }
                return message;
            };

            DescribeRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.sessionId = "";
                    object.description = null;
                }
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                    object.description = $root.skep.v1.NodeDescription.toObject(message.description, options, _depth + 1);
                return object;
            };

            DescribeRequest.prototype.toJSON = function() {
                return DescribeRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return DescribeRequest;
        })();

        v1.TaskStatusUpdate = (function() {

            const TaskStatusUpdate = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            TaskStatusUpdate.prototype.taskId = "";
            TaskStatusUpdate.prototype.status = null;

            TaskStatusUpdate.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.taskId != null && $Object.hasOwnProperty.call(message, "taskId") && message.taskId !== "")
                    writer.uint32(10).string(message.taskId);
                if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                    $root.skep.v1.TaskStatus.encode(message.status, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            TaskStatusUpdate.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.TaskStatusUpdate();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.taskId = value;
                            else
                                delete message.taskId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.status = $root.skep.v1.TaskStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.status);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            TaskStatusUpdate.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.TaskStatusUpdate)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.TaskStatusUpdate: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.TaskStatusUpdate();
                if (object.taskId != null)
                    if (typeof object.taskId !== "string" || object.taskId.length)
                        message.taskId = $String(object.taskId);
                if (object.status != null) {
                    if (!$util.isObject(object.status))
                        throw $TypeError(".skep.v1.TaskStatusUpdate.status: object expected");
                    message.status = $root.skep.v1.TaskStatus.fromObject(object.status, _depth + 1);
                }
                return message;
            };

            TaskStatusUpdate.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.taskId = "";
                    object.status = null;
                }
                if (message.taskId != null && $Object.hasOwnProperty.call(message, "taskId"))
                    object.taskId = message.taskId;
                if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                    object.status = $root.skep.v1.TaskStatus.toObject(message.status, options, _depth + 1);
                return object;
            };

            TaskStatusUpdate.prototype.toJSON = function() {
                return TaskStatusUpdate.toObject(this, $protobuf.util.toJSONOptions);
            };

            return TaskStatusUpdate;
        })();

        v1.UpdateTaskStatusRequest = (function() {

            const UpdateTaskStatusRequest = function (properties) {
                this.updates = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            UpdateTaskStatusRequest.prototype.sessionId = "";
            UpdateTaskStatusRequest.prototype.updates = $util.emptyArray;

            UpdateTaskStatusRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(10).string(message.sessionId);
                if (message.updates != null && message.updates.length)
                    for (let i = 0; i < message.updates.length; ++i)
                        $root.skep.v1.TaskStatusUpdate.encode(message.updates[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            UpdateTaskStatusRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.UpdateTaskStatusRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.updates && message.updates.length))
                                message.updates = [];
                            message.updates.push($root.skep.v1.TaskStatusUpdate.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            UpdateTaskStatusRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.UpdateTaskStatusRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.UpdateTaskStatusRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.UpdateTaskStatusRequest();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.updates) {
                    if (!$Array.isArray(object.updates))
                        throw $TypeError(".skep.v1.UpdateTaskStatusRequest.updates: array expected");
                    message.updates = $Array(object.updates.length);
                    for (let i = 0; i < object.updates.length; ++i) {
                        if (!$util.isObject(object.updates[i]))
                            throw $TypeError(".skep.v1.UpdateTaskStatusRequest.updates: object expected");
                        message.updates[i] = $root.skep.v1.TaskStatusUpdate.fromObject(object.updates[i], _depth + 1);
                    }
                }
                return message;
            };

            UpdateTaskStatusRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.updates = [];
                if (options.defaults)
                    object.sessionId = "";
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.updates && message.updates.length) {
                    object.updates = $Array(message.updates.length);
                    for (let j = 0; j < message.updates.length; ++j)
                        object.updates[j] = $root.skep.v1.TaskStatusUpdate.toObject(message.updates[j], options, _depth + 1);
                }
                return object;
            };

            UpdateTaskStatusRequest.prototype.toJSON = function() {
                return UpdateTaskStatusRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return UpdateTaskStatusRequest;
        })();

        v1.AssignmentsRequest = (function() {

            const AssignmentsRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            AssignmentsRequest.prototype.sessionId = "";

            AssignmentsRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(10).string(message.sessionId);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            AssignmentsRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.AssignmentsRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            AssignmentsRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.AssignmentsRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.AssignmentsRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.AssignmentsRequest();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                return message;
            };

            AssignmentsRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.sessionId = "";
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                return object;
            };

            AssignmentsRequest.prototype.toJSON = function() {
                return AssignmentsRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return AssignmentsRequest;
        })();

        v1.AssignmentItem = (function() {

            const AssignmentItem = function (properties) {
                this.vips = [];
                this.ports = [];
                this.attachments = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            AssignmentItem.prototype.kind = "";
            AssignmentItem.prototype.id = "";
            AssignmentItem.prototype.task = null;
            AssignmentItem.prototype.hostname = null;
            AssignmentItem.prototype.dataPathAddress = null;
            AssignmentItem.prototype.routerAddress = null;
            AssignmentItem.prototype.name = null;
            AssignmentItem.prototype.subnet = null;
            AssignmentItem.prototype.internal = null;
            AssignmentItem.prototype.ingress = null;
            AssignmentItem.prototype.mode = null;
            AssignmentItem.prototype.vips = $util.emptyArray;
            AssignmentItem.prototype.ports = $util.emptyArray;
            AssignmentItem.prototype.serviceId = null;
            AssignmentItem.prototype.nodeId = null;
            AssignmentItem.prototype.taskName = null;
            AssignmentItem.prototype.attachments = $util.emptyArray;
            AssignmentItem.prototype.ready = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AssignmentItem.prototype, "_task", {
                get: $util.oneOfGetter($oneOfFields = ["task"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AssignmentItem.prototype, "_hostname", {
                get: $util.oneOfGetter($oneOfFields = ["hostname"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AssignmentItem.prototype, "_dataPathAddress", {
                get: $util.oneOfGetter($oneOfFields = ["dataPathAddress"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AssignmentItem.prototype, "_routerAddress", {
                get: $util.oneOfGetter($oneOfFields = ["routerAddress"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AssignmentItem.prototype, "_name", {
                get: $util.oneOfGetter($oneOfFields = ["name"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AssignmentItem.prototype, "_subnet", {
                get: $util.oneOfGetter($oneOfFields = ["subnet"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AssignmentItem.prototype, "_internal", {
                get: $util.oneOfGetter($oneOfFields = ["internal"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AssignmentItem.prototype, "_ingress", {
                get: $util.oneOfGetter($oneOfFields = ["ingress"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AssignmentItem.prototype, "_mode", {
                get: $util.oneOfGetter($oneOfFields = ["mode"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AssignmentItem.prototype, "_serviceId", {
                get: $util.oneOfGetter($oneOfFields = ["serviceId"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AssignmentItem.prototype, "_nodeId", {
                get: $util.oneOfGetter($oneOfFields = ["nodeId"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AssignmentItem.prototype, "_taskName", {
                get: $util.oneOfGetter($oneOfFields = ["taskName"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AssignmentItem.prototype, "_ready", {
                get: $util.oneOfGetter($oneOfFields = ["ready"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            AssignmentItem.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(10).string(message.kind);
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(18).string(message.id);
                if (message.task != null && $Object.hasOwnProperty.call(message, "task"))
                    $root.skep.v1.Task.encode(message.task, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.hostname != null && $Object.hasOwnProperty.call(message, "hostname"))
                    writer.uint32(34).string(message.hostname);
                if (message.dataPathAddress != null && $Object.hasOwnProperty.call(message, "dataPathAddress"))
                    writer.uint32(42).string(message.dataPathAddress);
                if (message.routerAddress != null && $Object.hasOwnProperty.call(message, "routerAddress"))
                    writer.uint32(50).string(message.routerAddress);
                if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                    writer.uint32(58).string(message.name);
                if (message.subnet != null && $Object.hasOwnProperty.call(message, "subnet"))
                    writer.uint32(66).string(message.subnet);
                if (message.internal != null && $Object.hasOwnProperty.call(message, "internal"))
                    writer.uint32(72).bool(message.internal);
                if (message.ingress != null && $Object.hasOwnProperty.call(message, "ingress"))
                    writer.uint32(80).bool(message.ingress);
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode"))
                    writer.uint32(90).string(message.mode);
                if (message.vips != null && message.vips.length)
                    for (let i = 0; i < message.vips.length; ++i)
                        $root.skep.v1.VirtualAddress.encode(message.vips[i], writer.uint32(98).fork(), _depth + 1).ldelim();
                if (message.ports != null && message.ports.length)
                    for (let i = 0; i < message.ports.length; ++i)
                        $root.skep.v1.PortConfig.encode(message.ports[i], writer.uint32(106).fork(), _depth + 1).ldelim();
                if (message.serviceId != null && $Object.hasOwnProperty.call(message, "serviceId"))
                    writer.uint32(114).string(message.serviceId);
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId"))
                    writer.uint32(122).string(message.nodeId);
                if (message.taskName != null && $Object.hasOwnProperty.call(message, "taskName"))
                    writer.uint32(130).string(message.taskName);
                if (message.attachments != null && message.attachments.length)
                    for (let i = 0; i < message.attachments.length; ++i)
                        $root.skep.v1.TaskAttachment.encode(message.attachments[i], writer.uint32(138).fork(), _depth + 1).ldelim();
                if (message.ready != null && $Object.hasOwnProperty.call(message, "ready"))
                    writer.uint32(144).bool(message.ready);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            AssignmentItem.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.AssignmentItem();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.task = $root.skep.v1.Task.decode(reader, reader.size(), $undefined, _depth + 1, message.task);
                            message._task = "task";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.hostname = reader.stringVerify();
                            message._hostname = "hostname";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.dataPathAddress = reader.stringVerify();
                            message._dataPathAddress = "dataPathAddress";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.routerAddress = reader.stringVerify();
                            message._routerAddress = "routerAddress";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.name = reader.stringVerify();
                            message._name = "name";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.subnet = reader.stringVerify();
                            message._subnet = "subnet";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            message.internal = reader.bool();
                            message._internal = "internal";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            message.ingress = reader.bool();
                            message._ingress = "ingress";
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            message.mode = reader.stringVerify();
                            message._mode = "mode";
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            if (!(message.vips && message.vips.length))
                                message.vips = [];
                            message.vips.push($root.skep.v1.VirtualAddress.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            if (!(message.ports && message.ports.length))
                                message.ports = [];
                            message.ports.push($root.skep.v1.PortConfig.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            message.serviceId = reader.stringVerify();
                            message._serviceId = "serviceId";
                            continue;
                        }
                    case 15: {
                            if (wireType !== 2)
                                break;
                            message.nodeId = reader.stringVerify();
                            message._nodeId = "nodeId";
                            continue;
                        }
                    case 16: {
                            if (wireType !== 2)
                                break;
                            message.taskName = reader.stringVerify();
                            message._taskName = "taskName";
                            continue;
                        }
                    case 17: {
                            if (wireType !== 2)
                                break;
                            if (!(message.attachments && message.attachments.length))
                                message.attachments = [];
                            message.attachments.push($root.skep.v1.TaskAttachment.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 18: {
                            if (wireType !== 0)
                                break;
                            message.ready = reader.bool();
                            message._ready = "ready";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            AssignmentItem.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.AssignmentItem)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.AssignmentItem: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.AssignmentItem();
                if (object.kind != null)
                    if (typeof object.kind !== "string" || object.kind.length)
                        message.kind = $String(object.kind);
                if (object.id != null)
                    if (typeof object.id !== "string" || object.id.length)
                        message.id = $String(object.id);
                if (object.task != null) {
                    if (!$util.isObject(object.task))
                        throw $TypeError(".skep.v1.AssignmentItem.task: object expected");
                    message.task = $root.skep.v1.Task.fromObject(object.task, _depth + 1);
                }
                if (object.hostname != null)
                    message.hostname = $String(object.hostname);
                if (object.dataPathAddress != null)
                    message.dataPathAddress = $String(object.dataPathAddress);
                if (object.routerAddress != null)
                    message.routerAddress = $String(object.routerAddress);
                if (object.name != null)
                    message.name = $String(object.name);
                if (object.subnet != null)
                    message.subnet = $String(object.subnet);
                if (object.internal != null)
                    message.internal = $Boolean(object.internal);
                if (object.ingress != null)
                    message.ingress = $Boolean(object.ingress);
                if (object.mode != null)
                    message.mode = $String(object.mode);
                if (object.vips) {
                    if (!$Array.isArray(object.vips))
                        throw $TypeError(".skep.v1.AssignmentItem.vips: array expected");
                    message.vips = $Array(object.vips.length);
                    for (let i = 0; i < object.vips.length; ++i) {
                        if (!$util.isObject(object.vips[i]))
                            throw $TypeError(".skep.v1.AssignmentItem.vips: object expected");
                        message.vips[i] = $root.skep.v1.VirtualAddress.fromObject(object.vips[i], _depth + 1);
                    }
                }
                if (object.ports) {
                    if (!$Array.isArray(object.ports))
                        throw $TypeError(".skep.v1.AssignmentItem.ports: array expected");
                    message.ports = $Array(object.ports.length);
                    for (let i = 0; i < object.ports.length; ++i) {
                        if (!$util.isObject(object.ports[i]))
                            throw $TypeError(".skep.v1.AssignmentItem.ports: object expected");
                        message.ports[i] = $root.skep.v1.PortConfig.fromObject(object.ports[i], _depth + 1);
                    }
                }
                if (object.serviceId != null)
                    message.serviceId = $String(object.serviceId);
                if (object.nodeId != null)
                    message.nodeId = $String(object.nodeId);
                if (object.taskName != null)
                    message.taskName = $String(object.taskName);
                if (object.attachments) {
                    if (!$Array.isArray(object.attachments))
                        throw $TypeError(".skep.v1.AssignmentItem.attachments: array expected");
                    message.attachments = $Array(object.attachments.length);
                    for (let i = 0; i < object.attachments.length; ++i) {
                        if (!$util.isObject(object.attachments[i]))
                            throw $TypeError(".skep.v1.AssignmentItem.attachments: object expected");
                        message.attachments[i] = $root.skep.v1.TaskAttachment.fromObject(object.attachments[i], _depth + 1);
                    }
                }
                if (object.ready != null)
                    message.ready = $Boolean(object.ready);
                return message;
            };

            AssignmentItem.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.vips = [];
                    object.ports = [];
                    object.attachments = [];
                }
                if (options.defaults) {
                    object.kind = "";
                    object.id = "";
                }
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                    object.kind = message.kind;
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    object.id = message.id;
                if (message.task != null && $Object.hasOwnProperty.call(message, "task"))
                    object.task = $root.skep.v1.Task.toObject(message.task, options, _depth + 1);
                if (message.hostname != null && $Object.hasOwnProperty.call(message, "hostname"))
                    object.hostname = message.hostname;
                if (message.dataPathAddress != null && $Object.hasOwnProperty.call(message, "dataPathAddress"))
                    object.dataPathAddress = message.dataPathAddress;
                if (message.routerAddress != null && $Object.hasOwnProperty.call(message, "routerAddress"))
                    object.routerAddress = message.routerAddress;
                if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                    object.name = message.name;
                if (message.subnet != null && $Object.hasOwnProperty.call(message, "subnet"))
                    object.subnet = message.subnet;
                if (message.internal != null && $Object.hasOwnProperty.call(message, "internal"))
                    object.internal = message.internal;
                if (message.ingress != null && $Object.hasOwnProperty.call(message, "ingress"))
                    object.ingress = message.ingress;
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode"))
                    object.mode = message.mode;
                if (message.vips && message.vips.length) {
                    object.vips = $Array(message.vips.length);
                    for (let j = 0; j < message.vips.length; ++j)
                        object.vips[j] = $root.skep.v1.VirtualAddress.toObject(message.vips[j], options, _depth + 1);
                }
                if (message.ports && message.ports.length) {
                    object.ports = $Array(message.ports.length);
                    for (let j = 0; j < message.ports.length; ++j)
                        object.ports[j] = $root.skep.v1.PortConfig.toObject(message.ports[j], options, _depth + 1);
                }
                if (message.serviceId != null && $Object.hasOwnProperty.call(message, "serviceId"))
                    object.serviceId = message.serviceId;
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId"))
                    object.nodeId = message.nodeId;
                if (message.taskName != null && $Object.hasOwnProperty.call(message, "taskName"))
                    object.taskName = message.taskName;
                if (message.attachments && message.attachments.length) {
                    object.attachments = $Array(message.attachments.length);
                    for (let j = 0; j < message.attachments.length; ++j)
                        object.attachments[j] = $root.skep.v1.TaskAttachment.toObject(message.attachments[j], options, _depth + 1);
                }
                if (message.ready != null && $Object.hasOwnProperty.call(message, "ready"))
                    object.ready = message.ready;
                return object;
            };

            AssignmentItem.prototype.toJSON = function() {
                return AssignmentItem.toObject(this, $protobuf.util.toJSONOptions);
            };

            return AssignmentItem;
        })();

        v1.AssignmentKey = (function() {

            const AssignmentKey = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            AssignmentKey.prototype.kind = "";
            AssignmentKey.prototype.id = "";

            AssignmentKey.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(10).string(message.kind);
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(18).string(message.id);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            AssignmentKey.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.AssignmentKey();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            AssignmentKey.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.AssignmentKey)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.AssignmentKey: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.AssignmentKey();
                if (object.kind != null)
                    if (typeof object.kind !== "string" || object.kind.length)
                        message.kind = $String(object.kind);
                if (object.id != null)
                    if (typeof object.id !== "string" || object.id.length)
                        message.id = $String(object.id);
                return message;
            };

            AssignmentKey.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.kind = "";
                    object.id = "";
                }
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                    object.kind = message.kind;
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    object.id = message.id;
                return object;
            };

            AssignmentKey.prototype.toJSON = function() {
                return AssignmentKey.toObject(this, $protobuf.util.toJSONOptions);
            };

            return AssignmentKey;
        })();

        v1.AssignmentMessage = (function() {

            const AssignmentMessage = function (properties) {
                this.updates = [];
                this.removals = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            AssignmentMessage.prototype.kind = "";
            AssignmentMessage.prototype.appliesTo = "";
            AssignmentMessage.prototype.resultsIn = "";
            AssignmentMessage.prototype.updates = $util.emptyArray;
            AssignmentMessage.prototype.removals = $util.emptyArray;

            AssignmentMessage.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(10).string(message.kind);
                if (message.appliesTo != null && $Object.hasOwnProperty.call(message, "appliesTo") && message.appliesTo !== "")
                    writer.uint32(18).string(message.appliesTo);
                if (message.resultsIn != null && $Object.hasOwnProperty.call(message, "resultsIn") && message.resultsIn !== "")
                    writer.uint32(26).string(message.resultsIn);
                if (message.updates != null && message.updates.length)
                    for (let i = 0; i < message.updates.length; ++i)
                        $root.skep.v1.AssignmentItem.encode(message.updates[i], writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.removals != null && message.removals.length)
                    for (let i = 0; i < message.removals.length; ++i)
                        $root.skep.v1.AssignmentKey.encode(message.removals[i], writer.uint32(42).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            AssignmentMessage.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.AssignmentMessage();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.appliesTo = value;
                            else
                                delete message.appliesTo;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.resultsIn = value;
                            else
                                delete message.resultsIn;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.updates && message.updates.length))
                                message.updates = [];
                            message.updates.push($root.skep.v1.AssignmentItem.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (!(message.removals && message.removals.length))
                                message.removals = [];
                            message.removals.push($root.skep.v1.AssignmentKey.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            AssignmentMessage.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.AssignmentMessage)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.AssignmentMessage: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.AssignmentMessage();
                if (object.kind != null)
                    if (typeof object.kind !== "string" || object.kind.length)
                        message.kind = $String(object.kind);
                if (object.appliesTo != null)
                    if (typeof object.appliesTo !== "string" || object.appliesTo.length)
                        message.appliesTo = $String(object.appliesTo);
                if (object.resultsIn != null)
                    if (typeof object.resultsIn !== "string" || object.resultsIn.length)
                        message.resultsIn = $String(object.resultsIn);
                if (object.updates) {
                    if (!$Array.isArray(object.updates))
                        throw $TypeError(".skep.v1.AssignmentMessage.updates: array expected");
                    message.updates = $Array(object.updates.length);
                    for (let i = 0; i < object.updates.length; ++i) {
                        if (!$util.isObject(object.updates[i]))
                            throw $TypeError(".skep.v1.AssignmentMessage.updates: object expected");
                        message.updates[i] = $root.skep.v1.AssignmentItem.fromObject(object.updates[i], _depth + 1);
                    }
                }
                if (object.removals) {
                    if (!$Array.isArray(object.removals))
                        throw $TypeError(".skep.v1.AssignmentMessage.removals: array expected");
                    message.removals = $Array(object.removals.length);
                    for (let i = 0; i < object.removals.length; ++i) {
                        if (!$util.isObject(object.removals[i]))
                            throw $TypeError(".skep.v1.AssignmentMessage.removals: object expected");
                        message.removals[i] = $root.skep.v1.AssignmentKey.fromObject(object.removals[i], _depth + 1);
                    }
                }
                return message;
            };

            AssignmentMessage.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.updates = [];
                    object.removals = [];
                }
                if (options.defaults) {
                    object.kind = "";
                    object.appliesTo = "";
                    object.resultsIn = "";
                }
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                    object.kind = message.kind;
                if (message.appliesTo != null && $Object.hasOwnProperty.call(message, "appliesTo"))
                    object.appliesTo = message.appliesTo;
                if (message.resultsIn != null && $Object.hasOwnProperty.call(message, "resultsIn"))
                    object.resultsIn = message.resultsIn;
                if (message.updates && message.updates.length) {
                    object.updates = $Array(message.updates.length);
                    for (let j = 0; j < message.updates.length; ++j)
                        object.updates[j] = $root.skep.v1.AssignmentItem.toObject(message.updates[j], options, _depth + 1);
                }
                if (message.removals && message.removals.length) {
                    object.removals = $Array(message.removals.length);
                    for (let j = 0; j < message.removals.length; ++j)
                        object.removals[j] = $root.skep.v1.AssignmentKey.toObject(message.removals[j], options, _depth + 1);
                }
                return object;
            };

            AssignmentMessage.prototype.toJSON = function() {
                return AssignmentMessage.toObject(this, $protobuf.util.toJSONOptions);
            };

            return AssignmentMessage;
        })();

        v1.LogSelector = (function() {

            const LogSelector = function (properties) {
                this.serviceIds = [];
                this.taskIds = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            LogSelector.prototype.serviceIds = $util.emptyArray;
            LogSelector.prototype.taskIds = $util.emptyArray;

            LogSelector.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.serviceIds != null && message.serviceIds.length)
                    for (let i = 0; i < message.serviceIds.length; ++i)
                        writer.uint32(10).string(message.serviceIds[i]);
                if (message.taskIds != null && message.taskIds.length)
                    for (let i = 0; i < message.taskIds.length; ++i)
                        writer.uint32(18).string(message.taskIds[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LogSelector.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.LogSelector();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.serviceIds && message.serviceIds.length))
                                message.serviceIds = [];
                            message.serviceIds.push(reader.stringVerify());
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.taskIds && message.taskIds.length))
                                message.taskIds = [];
                            message.taskIds.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            LogSelector.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.LogSelector)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.LogSelector: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.LogSelector();
                if (object.serviceIds) {
                    if (!$Array.isArray(object.serviceIds))
                        throw $TypeError(".skep.v1.LogSelector.serviceIds: array expected");
                    message.serviceIds = $Array(object.serviceIds.length);
                    for (let i = 0; i < object.serviceIds.length; ++i)
                        message.serviceIds[i] = $String(object.serviceIds[i]);
                }
                if (object.taskIds) {
                    if (!$Array.isArray(object.taskIds))
                        throw $TypeError(".skep.v1.LogSelector.taskIds: array expected");
                    message.taskIds = $Array(object.taskIds.length);
                    for (let i = 0; i < object.taskIds.length; ++i)
                        message.taskIds[i] = $String(object.taskIds[i]);
                }
                return message;
            };

            LogSelector.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.serviceIds = [];
                    object.taskIds = [];
                }
                if (message.serviceIds && message.serviceIds.length) {
                    object.serviceIds = $Array(message.serviceIds.length);
                    for (let j = 0; j < message.serviceIds.length; ++j)
                        object.serviceIds[j] = message.serviceIds[j];
                }
                if (message.taskIds && message.taskIds.length) {
                    object.taskIds = $Array(message.taskIds.length);
                    for (let j = 0; j < message.taskIds.length; ++j)
                        object.taskIds[j] = message.taskIds[j];
                }
                return object;
            };

            LogSelector.prototype.toJSON = function() {
                return LogSelector.toObject(this, $protobuf.util.toJSONOptions);
            };

            return LogSelector;
        })();

        v1.LogOptions = (function() {

            const LogOptions = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            LogOptions.prototype.follow = false;
            LogOptions.prototype.tail = 0;
            LogOptions.prototype.sinceMs = null;
            LogOptions.prototype.untilMs = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(LogOptions.prototype, "_sinceMs", {
                get: $util.oneOfGetter($oneOfFields = ["sinceMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(LogOptions.prototype, "_untilMs", {
                get: $util.oneOfGetter($oneOfFields = ["untilMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            LogOptions.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.follow != null && $Object.hasOwnProperty.call(message, "follow") && message.follow !== false)
                    writer.uint32(8).bool(message.follow);
                if (message.tail != null && $Object.hasOwnProperty.call(message, "tail") && message.tail !== 0)
                    writer.uint32(16).sint32(message.tail);
                if (message.sinceMs != null && $Object.hasOwnProperty.call(message, "sinceMs"))
                    writer.uint32(25).double(message.sinceMs);
                if (message.untilMs != null && $Object.hasOwnProperty.call(message, "untilMs"))
                    writer.uint32(33).double(message.untilMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LogOptions.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.LogOptions();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.follow = value;
                            else
                                delete message.follow;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.sint32())
                                message.tail = value;
                            else
                                delete message.tail;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            message.sinceMs = reader.double();
                            message._sinceMs = "sinceMs";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            message.untilMs = reader.double();
                            message._untilMs = "untilMs";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            LogOptions.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.LogOptions)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.LogOptions: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.LogOptions();
                if (object.follow != null)
                    if (object.follow)
                        message.follow = $Boolean(object.follow);
                if (object.tail != null)
                    if ($Number(object.tail) !== 0)
                        message.tail = object.tail | 0;
                if (object.sinceMs != null)
                    message.sinceMs = $Number(object.sinceMs);
                if (object.untilMs != null)
                    message.untilMs = $Number(object.untilMs);
                return message;
            };

            LogOptions.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.follow = false;
                    object.tail = 0;
                }
                if (message.follow != null && $Object.hasOwnProperty.call(message, "follow"))
                    object.follow = message.follow;
                if (message.tail != null && $Object.hasOwnProperty.call(message, "tail"))
                    object.tail = message.tail;
                if (message.sinceMs != null && $Object.hasOwnProperty.call(message, "sinceMs"))
                    object.sinceMs = options.json && !$isFinite(message.sinceMs) ? $String(message.sinceMs) : message.sinceMs;
                if (message.untilMs != null && $Object.hasOwnProperty.call(message, "untilMs"))
                    object.untilMs = options.json && !$isFinite(message.untilMs) ? $String(message.untilMs) : message.untilMs;
                return object;
            };

            LogOptions.prototype.toJSON = function() {
                return LogOptions.toObject(this, $protobuf.util.toJSONOptions);
            };

            return LogOptions;
        })();

        v1.LogSubscription = (function() {

            const LogSubscription = function (properties) {
                this.taskIds = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            LogSubscription.prototype.id = "";
            LogSubscription.prototype.taskIds = $util.emptyArray;
            LogSubscription.prototype.options = null;
            LogSubscription.prototype.close = false;

            LogSubscription.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(10).string(message.id);
                if (message.taskIds != null && message.taskIds.length)
                    for (let i = 0; i < message.taskIds.length; ++i)
                        writer.uint32(18).string(message.taskIds[i]);
                if (message.options != null && $Object.hasOwnProperty.call(message, "options"))
                    $root.skep.v1.LogOptions.encode(message.options, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.close != null && $Object.hasOwnProperty.call(message, "close") && message.close !== false)
                    writer.uint32(32).bool(message.close);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LogSubscription.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.LogSubscription();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.taskIds && message.taskIds.length))
                                message.taskIds = [];
                            message.taskIds.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.options = $root.skep.v1.LogOptions.decode(reader, reader.size(), $undefined, _depth + 1, message.options);
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.close = value;
                            else
                                delete message.close;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            LogSubscription.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.LogSubscription)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.LogSubscription: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.LogSubscription();
                if (object.id != null)
                    if (typeof object.id !== "string" || object.id.length)
                        message.id = $String(object.id);
                if (object.taskIds) {
                    if (!$Array.isArray(object.taskIds))
                        throw $TypeError(".skep.v1.LogSubscription.taskIds: array expected");
                    message.taskIds = $Array(object.taskIds.length);
                    for (let i = 0; i < object.taskIds.length; ++i)
                        message.taskIds[i] = $String(object.taskIds[i]);
                }
                if (object.options != null) {
                    if (!$util.isObject(object.options))
                        throw $TypeError(".skep.v1.LogSubscription.options: object expected");
                    message.options = $root.skep.v1.LogOptions.fromObject(object.options, _depth + 1);
                }
                if (object.close != null)
                    if (object.close)
                        message.close = $Boolean(object.close);
                return message;
            };

            LogSubscription.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.taskIds = [];
                if (options.defaults) {
                    object.id = "";
                    object.options = null;
                    object.close = false;
                }
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    object.id = message.id;
                if (message.taskIds && message.taskIds.length) {
                    object.taskIds = $Array(message.taskIds.length);
                    for (let j = 0; j < message.taskIds.length; ++j)
                        object.taskIds[j] = message.taskIds[j];
                }
                if (message.options != null && $Object.hasOwnProperty.call(message, "options"))
                    object.options = $root.skep.v1.LogOptions.toObject(message.options, options, _depth + 1);
                if (message.close != null && $Object.hasOwnProperty.call(message, "close"))
                    object.close = message.close;
                return object;
            };

            LogSubscription.prototype.toJSON = function() {
                return LogSubscription.toObject(this, $protobuf.util.toJSONOptions);
            };

            return LogSubscription;
        })();

        v1.LogLine = (function() {

            const LogLine = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            LogLine.prototype.taskId = "";
            LogLine.prototype.serviceId = "";
            LogLine.prototype.nodeId = "";
            LogLine.prototype.stream = "";
            LogLine.prototype.timestampMs = 0;
            LogLine.prototype.data = $util.newBuffer([]);

            LogLine.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.taskId != null && $Object.hasOwnProperty.call(message, "taskId") && message.taskId !== "")
                    writer.uint32(10).string(message.taskId);
                if (message.serviceId != null && $Object.hasOwnProperty.call(message, "serviceId") && message.serviceId !== "")
                    writer.uint32(18).string(message.serviceId);
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId") && message.nodeId !== "")
                    writer.uint32(26).string(message.nodeId);
                if (message.stream != null && $Object.hasOwnProperty.call(message, "stream") && message.stream !== "")
                    writer.uint32(34).string(message.stream);
                if (message.timestampMs != null && $Object.hasOwnProperty.call(message, "timestampMs") && !$Object.is(message.timestampMs, 0))
                    writer.uint32(41).double(message.timestampMs);
                if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                    writer.uint32(50).bytes(message.data);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LogLine.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.LogLine();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.taskId = value;
                            else
                                delete message.taskId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.serviceId = value;
                            else
                                delete message.serviceId;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.nodeId = value;
                            else
                                delete message.nodeId;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.stream = value;
                            else
                                delete message.stream;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.timestampMs = value;
                            else
                                delete message.timestampMs;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.data = value;
                            else
                                delete message.data;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            LogLine.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.LogLine)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.LogLine: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.LogLine();
                if (object.taskId != null)
                    if (typeof object.taskId !== "string" || object.taskId.length)
                        message.taskId = $String(object.taskId);
                if (object.serviceId != null)
                    if (typeof object.serviceId !== "string" || object.serviceId.length)
                        message.serviceId = $String(object.serviceId);
                if (object.nodeId != null)
                    if (typeof object.nodeId !== "string" || object.nodeId.length)
                        message.nodeId = $String(object.nodeId);
                if (object.stream != null)
                    if (typeof object.stream !== "string" || object.stream.length)
                        message.stream = $String(object.stream);
                if (object.timestampMs != null)
                    if (!$Object.is($Number(object.timestampMs), 0))
                        message.timestampMs = $Number(object.timestampMs);
                if (object.data != null)
                    if (object.data.length)
                        if (typeof object.data === "string")
                            $util.base64.decode(object.data, message.data = $util.newBuffer($util.base64.length(object.data)), 0);
                        else if (object.data.length >= 0)
                            message.data = object.data;
                return message;
            };

            LogLine.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.taskId = "";
                    object.serviceId = "";
                    object.nodeId = "";
                    object.stream = "";
                    object.timestampMs = 0;
                    if (options.bytes === $String)
                        object.data = "";
                    else {
                        object.data = [];
                        if (options.bytes !== $Array)
                            object.data = $util.newBuffer(object.data);
                    }
                }
                if (message.taskId != null && $Object.hasOwnProperty.call(message, "taskId"))
                    object.taskId = message.taskId;
                if (message.serviceId != null && $Object.hasOwnProperty.call(message, "serviceId"))
                    object.serviceId = message.serviceId;
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId"))
                    object.nodeId = message.nodeId;
                if (message.stream != null && $Object.hasOwnProperty.call(message, "stream"))
                    object.stream = message.stream;
                if (message.timestampMs != null && $Object.hasOwnProperty.call(message, "timestampMs"))
                    object.timestampMs = options.json && !$isFinite(message.timestampMs) ? $String(message.timestampMs) : message.timestampMs;
                if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                    object.data = options.bytes === $String ? $util.base64.encode(message.data, 0, message.data.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.data) : message.data;
                return object;
            };

            LogLine.prototype.toJSON = function() {
                return LogLine.toObject(this, $protobuf.util.toJSONOptions);
            };

            return LogLine;
        })();

        v1.PublishLogsRequest = (function() {

            const PublishLogsRequest = function (properties) {
                this.lines = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            PublishLogsRequest.prototype.subscriptionId = "";
            PublishLogsRequest.prototype.lines = $util.emptyArray;
            PublishLogsRequest.prototype.done = false;

            PublishLogsRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.subscriptionId != null && $Object.hasOwnProperty.call(message, "subscriptionId") && message.subscriptionId !== "")
                    writer.uint32(10).string(message.subscriptionId);
                if (message.lines != null && message.lines.length)
                    for (let i = 0; i < message.lines.length; ++i)
                        $root.skep.v1.LogLine.encode(message.lines[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.done != null && $Object.hasOwnProperty.call(message, "done") && message.done !== false)
                    writer.uint32(24).bool(message.done);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            PublishLogsRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.PublishLogsRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.subscriptionId = value;
                            else
                                delete message.subscriptionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.lines && message.lines.length))
                                message.lines = [];
                            message.lines.push($root.skep.v1.LogLine.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.done = value;
                            else
                                delete message.done;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            PublishLogsRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.PublishLogsRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.PublishLogsRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.PublishLogsRequest();
                if (object.subscriptionId != null)
                    if (typeof object.subscriptionId !== "string" || object.subscriptionId.length)
                        message.subscriptionId = $String(object.subscriptionId);
                if (object.lines) {
                    if (!$Array.isArray(object.lines))
                        throw $TypeError(".skep.v1.PublishLogsRequest.lines: array expected");
                    message.lines = $Array(object.lines.length);
                    for (let i = 0; i < object.lines.length; ++i) {
                        if (!$util.isObject(object.lines[i]))
                            throw $TypeError(".skep.v1.PublishLogsRequest.lines: object expected");
                        message.lines[i] = $root.skep.v1.LogLine.fromObject(object.lines[i], _depth + 1);
                    }
                }
                if (object.done != null)
                    if (object.done)
                        message.done = $Boolean(object.done);
                return message;
            };

            PublishLogsRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.lines = [];
                if (options.defaults) {
                    object.subscriptionId = "";
                    object.done = false;
                }
                if (message.subscriptionId != null && $Object.hasOwnProperty.call(message, "subscriptionId"))
                    object.subscriptionId = message.subscriptionId;
                if (message.lines && message.lines.length) {
                    object.lines = $Array(message.lines.length);
                    for (let j = 0; j < message.lines.length; ++j)
                        object.lines[j] = $root.skep.v1.LogLine.toObject(message.lines[j], options, _depth + 1);
                }
                if (message.done != null && $Object.hasOwnProperty.call(message, "done"))
                    object.done = message.done;
                return object;
            };

            PublishLogsRequest.prototype.toJSON = function() {
                return PublishLogsRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return PublishLogsRequest;
        })();

        v1.ListenRequest = (function() {

            const ListenRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ListenRequest.prototype.sessionId = "";

            ListenRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(10).string(message.sessionId);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ListenRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ListenRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ListenRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ListenRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ListenRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ListenRequest();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                return message;
            };

            ListenRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.sessionId = "";
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                return object;
            };

            ListenRequest.prototype.toJSON = function() {
                return ListenRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ListenRequest;
        })();

        v1.ObjectRequest = (function() {

            const ObjectRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ObjectRequest.prototype.reference = "";

            ObjectRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reference != null && $Object.hasOwnProperty.call(message, "reference") && message.reference !== "")
                    writer.uint32(10).string(message.reference);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ObjectRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ObjectRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reference = value;
                            else
                                delete message.reference;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ObjectRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ObjectRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ObjectRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ObjectRequest();
                if (object.reference != null)
                    if (typeof object.reference !== "string" || object.reference.length)
                        message.reference = $String(object.reference);
                return message;
            };

            ObjectRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.reference = "";
                if (message.reference != null && $Object.hasOwnProperty.call(message, "reference"))
                    object.reference = message.reference;
                return object;
            };

            ObjectRequest.prototype.toJSON = function() {
                return ObjectRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ObjectRequest;
        })();

        v1.RemoveRequest = (function() {

            const RemoveRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RemoveRequest.prototype.reference = "";
            RemoveRequest.prototype.force = false;

            RemoveRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reference != null && $Object.hasOwnProperty.call(message, "reference") && message.reference !== "")
                    writer.uint32(10).string(message.reference);
                if (message.force != null && $Object.hasOwnProperty.call(message, "force") && message.force !== false)
                    writer.uint32(16).bool(message.force);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RemoveRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.RemoveRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reference = value;
                            else
                                delete message.reference;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.force = value;
                            else
                                delete message.force;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            RemoveRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.RemoveRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.RemoveRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.RemoveRequest();
                if (object.reference != null)
                    if (typeof object.reference !== "string" || object.reference.length)
                        message.reference = $String(object.reference);
                if (object.force != null)
                    if (object.force)
                        message.force = $Boolean(object.force);
                return message;
            };

            RemoveRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.reference = "";
                    object.force = false;
                }
                if (message.reference != null && $Object.hasOwnProperty.call(message, "reference"))
                    object.reference = message.reference;
                if (message.force != null && $Object.hasOwnProperty.call(message, "force"))
                    object.force = message.force;
                return object;
            };

            RemoveRequest.prototype.toJSON = function() {
                return RemoveRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return RemoveRequest;
        })();

        v1.CreateServiceRequest = (function() {

            const CreateServiceRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            CreateServiceRequest.prototype.spec = null;

            CreateServiceRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    $root.skep.v1.ServiceSpec.encode(message.spec, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            CreateServiceRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.CreateServiceRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.spec = $root.skep.v1.ServiceSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spec);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            CreateServiceRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.CreateServiceRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.CreateServiceRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.CreateServiceRequest();
                if (object.spec != null) {
                    if (!$util.isObject(object.spec))
                        throw $TypeError(".skep.v1.CreateServiceRequest.spec: object expected");
                    message.spec = $root.skep.v1.ServiceSpec.fromObject(object.spec, _depth + 1);
                }
                return message;
            };

            CreateServiceRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.spec = null;
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    object.spec = $root.skep.v1.ServiceSpec.toObject(message.spec, options, _depth + 1);
                return object;
            };

            CreateServiceRequest.prototype.toJSON = function() {
                return CreateServiceRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return CreateServiceRequest;
        })();

        v1.UpdateServiceRequest = (function() {

            const UpdateServiceRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            UpdateServiceRequest.prototype.reference = "";
            UpdateServiceRequest.prototype.version = 0;
            UpdateServiceRequest.prototype.spec = null;
            UpdateServiceRequest.prototype.rollback = false;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(UpdateServiceRequest.prototype, "_spec", {
                get: $util.oneOfGetter($oneOfFields = ["spec"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            UpdateServiceRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reference != null && $Object.hasOwnProperty.call(message, "reference") && message.reference !== "")
                    writer.uint32(10).string(message.reference);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && !$Object.is(message.version, 0))
                    writer.uint32(17).double(message.version);
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    $root.skep.v1.ServiceSpec.encode(message.spec, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.rollback != null && $Object.hasOwnProperty.call(message, "rollback") && message.rollback !== false)
                    writer.uint32(32).bool(message.rollback);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            UpdateServiceRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.UpdateServiceRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reference = value;
                            else
                                delete message.reference;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.spec = $root.skep.v1.ServiceSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spec);
                            message._spec = "spec";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.rollback = value;
                            else
                                delete message.rollback;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            UpdateServiceRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.UpdateServiceRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.UpdateServiceRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.UpdateServiceRequest();
                if (object.reference != null)
                    if (typeof object.reference !== "string" || object.reference.length)
                        message.reference = $String(object.reference);
                if (object.version != null)
                    if (!$Object.is($Number(object.version), 0))
                        message.version = $Number(object.version);
                if (object.spec != null) {
                    if (!$util.isObject(object.spec))
                        throw $TypeError(".skep.v1.UpdateServiceRequest.spec: object expected");
                    message.spec = $root.skep.v1.ServiceSpec.fromObject(object.spec, _depth + 1);
                }
                if (object.rollback != null)
                    if (object.rollback)
                        message.rollback = $Boolean(object.rollback);
                return message;
            };

            UpdateServiceRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.reference = "";
                    object.version = 0;
                    object.rollback = false;
                }
                if (message.reference != null && $Object.hasOwnProperty.call(message, "reference"))
                    object.reference = message.reference;
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    object.version = options.json && !$isFinite(message.version) ? $String(message.version) : message.version;
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    object.spec = $root.skep.v1.ServiceSpec.toObject(message.spec, options, _depth + 1);
                if (message.rollback != null && $Object.hasOwnProperty.call(message, "rollback"))
                    object.rollback = message.rollback;
                return object;
            };

            UpdateServiceRequest.prototype.toJSON = function() {
                return UpdateServiceRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return UpdateServiceRequest;
        })();

        v1.ServiceResponse = (function() {

            const ServiceResponse = function (properties) {
                this.warnings = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ServiceResponse.prototype.service = null;
            ServiceResponse.prototype.warnings = $util.emptyArray;

            ServiceResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.service != null && $Object.hasOwnProperty.call(message, "service"))
                    $root.skep.v1.Service.encode(message.service, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.warnings != null && message.warnings.length)
                    for (let i = 0; i < message.warnings.length; ++i)
                        writer.uint32(18).string(message.warnings[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ServiceResponse.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ServiceResponse();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.service = $root.skep.v1.Service.decode(reader, reader.size(), $undefined, _depth + 1, message.service);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.warnings && message.warnings.length))
                                message.warnings = [];
                            message.warnings.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ServiceResponse.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ServiceResponse)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ServiceResponse: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ServiceResponse();
                if (object.service != null) {
                    if (!$util.isObject(object.service))
                        throw $TypeError(".skep.v1.ServiceResponse.service: object expected");
                    message.service = $root.skep.v1.Service.fromObject(object.service, _depth + 1);
                }
                if (object.warnings) {
                    if (!$Array.isArray(object.warnings))
                        throw $TypeError(".skep.v1.ServiceResponse.warnings: array expected");
                    message.warnings = $Array(object.warnings.length);
                    for (let i = 0; i < object.warnings.length; ++i)
                        message.warnings[i] = $String(object.warnings[i]);
                }
                return message;
            };

            ServiceResponse.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.warnings = [];
                if (options.defaults)
                    object.service = null;
                if (message.service != null && $Object.hasOwnProperty.call(message, "service"))
                    object.service = $root.skep.v1.Service.toObject(message.service, options, _depth + 1);
                if (message.warnings && message.warnings.length) {
                    object.warnings = $Array(message.warnings.length);
                    for (let j = 0; j < message.warnings.length; ++j)
                        object.warnings[j] = message.warnings[j];
                }
                return object;
            };

            ServiceResponse.prototype.toJSON = function() {
                return ServiceResponse.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ServiceResponse;
        })();

        v1.ServiceStatus = (function() {

            const ServiceStatus = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ServiceStatus.prototype.serviceId = "";
            ServiceStatus.prototype.running = 0;
            ServiceStatus.prototype.desired = 0;

            ServiceStatus.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.serviceId != null && $Object.hasOwnProperty.call(message, "serviceId") && message.serviceId !== "")
                    writer.uint32(10).string(message.serviceId);
                if (message.running != null && $Object.hasOwnProperty.call(message, "running") && message.running !== 0)
                    writer.uint32(16).uint32(message.running);
                if (message.desired != null && $Object.hasOwnProperty.call(message, "desired") && message.desired !== 0)
                    writer.uint32(24).uint32(message.desired);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ServiceStatus.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ServiceStatus();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.serviceId = value;
                            else
                                delete message.serviceId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.running = value;
                            else
                                delete message.running;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.desired = value;
                            else
                                delete message.desired;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ServiceStatus.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ServiceStatus)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ServiceStatus: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ServiceStatus();
                if (object.serviceId != null)
                    if (typeof object.serviceId !== "string" || object.serviceId.length)
                        message.serviceId = $String(object.serviceId);
                if (object.running != null)
                    if ($Number(object.running) !== 0)
                        message.running = object.running >>> 0;
                if (object.desired != null)
                    if ($Number(object.desired) !== 0)
                        message.desired = object.desired >>> 0;
                return message;
            };

            ServiceStatus.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.serviceId = "";
                    object.running = 0;
                    object.desired = 0;
                }
                if (message.serviceId != null && $Object.hasOwnProperty.call(message, "serviceId"))
                    object.serviceId = message.serviceId;
                if (message.running != null && $Object.hasOwnProperty.call(message, "running"))
                    object.running = message.running;
                if (message.desired != null && $Object.hasOwnProperty.call(message, "desired"))
                    object.desired = message.desired;
                return object;
            };

            ServiceStatus.prototype.toJSON = function() {
                return ServiceStatus.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ServiceStatus;
        })();

        v1.ListServicesResponse = (function() {

            const ListServicesResponse = function (properties) {
                this.services = [];
                this.statuses = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ListServicesResponse.prototype.services = $util.emptyArray;
            ListServicesResponse.prototype.statuses = $util.emptyArray;

            ListServicesResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.services != null && message.services.length)
                    for (let i = 0; i < message.services.length; ++i)
                        $root.skep.v1.Service.encode(message.services[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.statuses != null && message.statuses.length)
                    for (let i = 0; i < message.statuses.length; ++i)
                        $root.skep.v1.ServiceStatus.encode(message.statuses[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ListServicesResponse.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ListServicesResponse();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.services && message.services.length))
                                message.services = [];
                            message.services.push($root.skep.v1.Service.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.statuses && message.statuses.length))
                                message.statuses = [];
                            message.statuses.push($root.skep.v1.ServiceStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ListServicesResponse.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ListServicesResponse)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ListServicesResponse: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ListServicesResponse();
                if (object.services) {
                    if (!$Array.isArray(object.services))
                        throw $TypeError(".skep.v1.ListServicesResponse.services: array expected");
                    message.services = $Array(object.services.length);
                    for (let i = 0; i < object.services.length; ++i) {
                        if (!$util.isObject(object.services[i]))
                            throw $TypeError(".skep.v1.ListServicesResponse.services: object expected");
                        message.services[i] = $root.skep.v1.Service.fromObject(object.services[i], _depth + 1);
                    }
                }
                if (object.statuses) {
                    if (!$Array.isArray(object.statuses))
                        throw $TypeError(".skep.v1.ListServicesResponse.statuses: array expected");
                    message.statuses = $Array(object.statuses.length);
                    for (let i = 0; i < object.statuses.length; ++i) {
                        if (!$util.isObject(object.statuses[i]))
                            throw $TypeError(".skep.v1.ListServicesResponse.statuses: object expected");
                        message.statuses[i] = $root.skep.v1.ServiceStatus.fromObject(object.statuses[i], _depth + 1);
                    }
                }
                return message;
            };

            ListServicesResponse.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.services = [];
                    object.statuses = [];
                }
                if (message.services && message.services.length) {
                    object.services = $Array(message.services.length);
                    for (let j = 0; j < message.services.length; ++j)
                        object.services[j] = $root.skep.v1.Service.toObject(message.services[j], options, _depth + 1);
                }
                if (message.statuses && message.statuses.length) {
                    object.statuses = $Array(message.statuses.length);
                    for (let j = 0; j < message.statuses.length; ++j)
                        object.statuses[j] = $root.skep.v1.ServiceStatus.toObject(message.statuses[j], options, _depth + 1);
                }
                return object;
            };

            ListServicesResponse.prototype.toJSON = function() {
                return ListServicesResponse.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ListServicesResponse;
        })();

        v1.ListTasksRequest = (function() {

            const ListTasksRequest = function (properties) {
                this.serviceReferences = [];
                this.nodeReferences = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ListTasksRequest.prototype.serviceReferences = $util.emptyArray;
            ListTasksRequest.prototype.nodeReferences = $util.emptyArray;
            ListTasksRequest.prototype.desiredRunning = false;

            ListTasksRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.serviceReferences != null && message.serviceReferences.length)
                    for (let i = 0; i < message.serviceReferences.length; ++i)
                        writer.uint32(10).string(message.serviceReferences[i]);
                if (message.nodeReferences != null && message.nodeReferences.length)
                    for (let i = 0; i < message.nodeReferences.length; ++i)
                        writer.uint32(18).string(message.nodeReferences[i]);
                if (message.desiredRunning != null && $Object.hasOwnProperty.call(message, "desiredRunning") && message.desiredRunning !== false)
                    writer.uint32(24).bool(message.desiredRunning);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ListTasksRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ListTasksRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.serviceReferences && message.serviceReferences.length))
                                message.serviceReferences = [];
                            message.serviceReferences.push(reader.stringVerify());
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.nodeReferences && message.nodeReferences.length))
                                message.nodeReferences = [];
                            message.nodeReferences.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.desiredRunning = value;
                            else
                                delete message.desiredRunning;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ListTasksRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ListTasksRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ListTasksRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ListTasksRequest();
                if (object.serviceReferences) {
                    if (!$Array.isArray(object.serviceReferences))
                        throw $TypeError(".skep.v1.ListTasksRequest.serviceReferences: array expected");
                    message.serviceReferences = $Array(object.serviceReferences.length);
                    for (let i = 0; i < object.serviceReferences.length; ++i)
                        message.serviceReferences[i] = $String(object.serviceReferences[i]);
                }
                if (object.nodeReferences) {
                    if (!$Array.isArray(object.nodeReferences))
                        throw $TypeError(".skep.v1.ListTasksRequest.nodeReferences: array expected");
                    message.nodeReferences = $Array(object.nodeReferences.length);
                    for (let i = 0; i < object.nodeReferences.length; ++i)
                        message.nodeReferences[i] = $String(object.nodeReferences[i]);
                }
                if (object.desiredRunning != null)
                    if (object.desiredRunning)
                        message.desiredRunning = $Boolean(object.desiredRunning);
                return message;
            };

            ListTasksRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.serviceReferences = [];
                    object.nodeReferences = [];
                }
                if (options.defaults)
                    object.desiredRunning = false;
                if (message.serviceReferences && message.serviceReferences.length) {
                    object.serviceReferences = $Array(message.serviceReferences.length);
                    for (let j = 0; j < message.serviceReferences.length; ++j)
                        object.serviceReferences[j] = message.serviceReferences[j];
                }
                if (message.nodeReferences && message.nodeReferences.length) {
                    object.nodeReferences = $Array(message.nodeReferences.length);
                    for (let j = 0; j < message.nodeReferences.length; ++j)
                        object.nodeReferences[j] = message.nodeReferences[j];
                }
                if (message.desiredRunning != null && $Object.hasOwnProperty.call(message, "desiredRunning"))
                    object.desiredRunning = message.desiredRunning;
                return object;
            };

            ListTasksRequest.prototype.toJSON = function() {
                return ListTasksRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ListTasksRequest;
        })();

        v1.ListTasksResponse = (function() {

            const ListTasksResponse = function (properties) {
                this.tasks = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ListTasksResponse.prototype.tasks = $util.emptyArray;

            ListTasksResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.tasks != null && message.tasks.length)
                    for (let i = 0; i < message.tasks.length; ++i)
                        $root.skep.v1.Task.encode(message.tasks[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ListTasksResponse.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ListTasksResponse();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.tasks && message.tasks.length))
                                message.tasks = [];
                            message.tasks.push($root.skep.v1.Task.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ListTasksResponse.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ListTasksResponse)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ListTasksResponse: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ListTasksResponse();
                if (object.tasks) {
                    if (!$Array.isArray(object.tasks))
                        throw $TypeError(".skep.v1.ListTasksResponse.tasks: array expected");
                    message.tasks = $Array(object.tasks.length);
                    for (let i = 0; i < object.tasks.length; ++i) {
                        if (!$util.isObject(object.tasks[i]))
                            throw $TypeError(".skep.v1.ListTasksResponse.tasks: object expected");
                        message.tasks[i] = $root.skep.v1.Task.fromObject(object.tasks[i], _depth + 1);
                    }
                }
                return message;
            };

            ListTasksResponse.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.tasks = [];
                if (message.tasks && message.tasks.length) {
                    object.tasks = $Array(message.tasks.length);
                    for (let j = 0; j < message.tasks.length; ++j)
                        object.tasks[j] = $root.skep.v1.Task.toObject(message.tasks[j], options, _depth + 1);
                }
                return object;
            };

            ListTasksResponse.prototype.toJSON = function() {
                return ListTasksResponse.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ListTasksResponse;
        })();

        v1.ListNodesResponse = (function() {

            const ListNodesResponse = function (properties) {
                this.nodes = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ListNodesResponse.prototype.nodes = $util.emptyArray;

            ListNodesResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.nodes != null && message.nodes.length)
                    for (let i = 0; i < message.nodes.length; ++i)
                        $root.skep.v1.Node.encode(message.nodes[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ListNodesResponse.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ListNodesResponse();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.nodes && message.nodes.length))
                                message.nodes = [];
                            message.nodes.push($root.skep.v1.Node.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ListNodesResponse.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ListNodesResponse)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ListNodesResponse: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ListNodesResponse();
                if (object.nodes) {
                    if (!$Array.isArray(object.nodes))
                        throw $TypeError(".skep.v1.ListNodesResponse.nodes: array expected");
                    message.nodes = $Array(object.nodes.length);
                    for (let i = 0; i < object.nodes.length; ++i) {
                        if (!$util.isObject(object.nodes[i]))
                            throw $TypeError(".skep.v1.ListNodesResponse.nodes: object expected");
                        message.nodes[i] = $root.skep.v1.Node.fromObject(object.nodes[i], _depth + 1);
                    }
                }
                return message;
            };

            ListNodesResponse.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.nodes = [];
                if (message.nodes && message.nodes.length) {
                    object.nodes = $Array(message.nodes.length);
                    for (let j = 0; j < message.nodes.length; ++j)
                        object.nodes[j] = $root.skep.v1.Node.toObject(message.nodes[j], options, _depth + 1);
                }
                return object;
            };

            ListNodesResponse.prototype.toJSON = function() {
                return ListNodesResponse.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ListNodesResponse;
        })();

        v1.UpdateNodeRequest = (function() {

            const UpdateNodeRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            UpdateNodeRequest.prototype.reference = "";
            UpdateNodeRequest.prototype.version = 0;
            UpdateNodeRequest.prototype.spec = null;

            UpdateNodeRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reference != null && $Object.hasOwnProperty.call(message, "reference") && message.reference !== "")
                    writer.uint32(10).string(message.reference);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && !$Object.is(message.version, 0))
                    writer.uint32(17).double(message.version);
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    $root.skep.v1.NodeSpec.encode(message.spec, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            UpdateNodeRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.UpdateNodeRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reference = value;
                            else
                                delete message.reference;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.spec = $root.skep.v1.NodeSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spec);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            UpdateNodeRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.UpdateNodeRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.UpdateNodeRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.UpdateNodeRequest();
                if (object.reference != null)
                    if (typeof object.reference !== "string" || object.reference.length)
                        message.reference = $String(object.reference);
                if (object.version != null)
                    if (!$Object.is($Number(object.version), 0))
                        message.version = $Number(object.version);
                if (object.spec != null) {
                    if (!$util.isObject(object.spec))
                        throw $TypeError(".skep.v1.UpdateNodeRequest.spec: object expected");
                    message.spec = $root.skep.v1.NodeSpec.fromObject(object.spec, _depth + 1);
                }
                return message;
            };

            UpdateNodeRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.reference = "";
                    object.version = 0;
                    object.spec = null;
                }
                if (message.reference != null && $Object.hasOwnProperty.call(message, "reference"))
                    object.reference = message.reference;
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    object.version = options.json && !$isFinite(message.version) ? $String(message.version) : message.version;
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    object.spec = $root.skep.v1.NodeSpec.toObject(message.spec, options, _depth + 1);
                return object;
            };

            UpdateNodeRequest.prototype.toJSON = function() {
                return UpdateNodeRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return UpdateNodeRequest;
        })();

        v1.CreateNetworkRequest = (function() {

            const CreateNetworkRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            CreateNetworkRequest.prototype.spec = null;

            CreateNetworkRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    $root.skep.v1.NetworkSpec.encode(message.spec, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            CreateNetworkRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.CreateNetworkRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.spec = $root.skep.v1.NetworkSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spec);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            CreateNetworkRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.CreateNetworkRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.CreateNetworkRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.CreateNetworkRequest();
                if (object.spec != null) {
                    if (!$util.isObject(object.spec))
                        throw $TypeError(".skep.v1.CreateNetworkRequest.spec: object expected");
                    message.spec = $root.skep.v1.NetworkSpec.fromObject(object.spec, _depth + 1);
                }
                return message;
            };

            CreateNetworkRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.spec = null;
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    object.spec = $root.skep.v1.NetworkSpec.toObject(message.spec, options, _depth + 1);
                return object;
            };

            CreateNetworkRequest.prototype.toJSON = function() {
                return CreateNetworkRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return CreateNetworkRequest;
        })();

        v1.ListNetworksResponse = (function() {

            const ListNetworksResponse = function (properties) {
                this.networks = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ListNetworksResponse.prototype.networks = $util.emptyArray;

            ListNetworksResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.networks != null && message.networks.length)
                    for (let i = 0; i < message.networks.length; ++i)
                        $root.skep.v1.Network.encode(message.networks[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ListNetworksResponse.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ListNetworksResponse();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.networks && message.networks.length))
                                message.networks = [];
                            message.networks.push($root.skep.v1.Network.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ListNetworksResponse.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ListNetworksResponse)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ListNetworksResponse: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ListNetworksResponse();
                if (object.networks) {
                    if (!$Array.isArray(object.networks))
                        throw $TypeError(".skep.v1.ListNetworksResponse.networks: array expected");
                    message.networks = $Array(object.networks.length);
                    for (let i = 0; i < object.networks.length; ++i) {
                        if (!$util.isObject(object.networks[i]))
                            throw $TypeError(".skep.v1.ListNetworksResponse.networks: object expected");
                        message.networks[i] = $root.skep.v1.Network.fromObject(object.networks[i], _depth + 1);
                    }
                }
                return message;
            };

            ListNetworksResponse.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.networks = [];
                if (message.networks && message.networks.length) {
                    object.networks = $Array(message.networks.length);
                    for (let j = 0; j < message.networks.length; ++j)
                        object.networks[j] = $root.skep.v1.Network.toObject(message.networks[j], options, _depth + 1);
                }
                return object;
            };

            ListNetworksResponse.prototype.toJSON = function() {
                return ListNetworksResponse.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ListNetworksResponse;
        })();

        v1.UpdateClusterRequest = (function() {

            const UpdateClusterRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            UpdateClusterRequest.prototype.version = 0;
            UpdateClusterRequest.prototype.spec = null;
            UpdateClusterRequest.prototype.rotateWorkerToken = false;
            UpdateClusterRequest.prototype.rotateManagerToken = false;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(UpdateClusterRequest.prototype, "_spec", {
                get: $util.oneOfGetter($oneOfFields = ["spec"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            UpdateClusterRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && !$Object.is(message.version, 0))
                    writer.uint32(9).double(message.version);
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    $root.skep.v1.ClusterSpec.encode(message.spec, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.rotateWorkerToken != null && $Object.hasOwnProperty.call(message, "rotateWorkerToken") && message.rotateWorkerToken !== false)
                    writer.uint32(24).bool(message.rotateWorkerToken);
                if (message.rotateManagerToken != null && $Object.hasOwnProperty.call(message, "rotateManagerToken") && message.rotateManagerToken !== false)
                    writer.uint32(32).bool(message.rotateManagerToken);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            UpdateClusterRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.UpdateClusterRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.spec = $root.skep.v1.ClusterSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spec);
                            message._spec = "spec";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.rotateWorkerToken = value;
                            else
                                delete message.rotateWorkerToken;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.rotateManagerToken = value;
                            else
                                delete message.rotateManagerToken;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            UpdateClusterRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.UpdateClusterRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.UpdateClusterRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.UpdateClusterRequest();
                if (object.version != null)
                    if (!$Object.is($Number(object.version), 0))
                        message.version = $Number(object.version);
                if (object.spec != null) {
                    if (!$util.isObject(object.spec))
                        throw $TypeError(".skep.v1.UpdateClusterRequest.spec: object expected");
                    message.spec = $root.skep.v1.ClusterSpec.fromObject(object.spec, _depth + 1);
                }
                if (object.rotateWorkerToken != null)
                    if (object.rotateWorkerToken)
                        message.rotateWorkerToken = $Boolean(object.rotateWorkerToken);
                if (object.rotateManagerToken != null)
                    if (object.rotateManagerToken)
                        message.rotateManagerToken = $Boolean(object.rotateManagerToken);
                return message;
            };

            UpdateClusterRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.version = 0;
                    object.rotateWorkerToken = false;
                    object.rotateManagerToken = false;
                }
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    object.version = options.json && !$isFinite(message.version) ? $String(message.version) : message.version;
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    object.spec = $root.skep.v1.ClusterSpec.toObject(message.spec, options, _depth + 1);
                if (message.rotateWorkerToken != null && $Object.hasOwnProperty.call(message, "rotateWorkerToken"))
                    object.rotateWorkerToken = message.rotateWorkerToken;
                if (message.rotateManagerToken != null && $Object.hasOwnProperty.call(message, "rotateManagerToken"))
                    object.rotateManagerToken = message.rotateManagerToken;
                return object;
            };

            UpdateClusterRequest.prototype.toJSON = function() {
                return UpdateClusterRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return UpdateClusterRequest;
        })();

        v1.ClusterResponse = (function() {

            const ClusterResponse = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ClusterResponse.prototype.id = "";
            ClusterResponse.prototype.version = 0;
            ClusterResponse.prototype.createdAtMs = 0;
            ClusterResponse.prototype.updatedAtMs = 0;
            ClusterResponse.prototype.spec = null;
            ClusterResponse.prototype.joinTokens = null;
            ClusterResponse.prototype.rootCertificatePem = "";

            ClusterResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(10).string(message.id);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && !$Object.is(message.version, 0))
                    writer.uint32(17).double(message.version);
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs") && !$Object.is(message.createdAtMs, 0))
                    writer.uint32(25).double(message.createdAtMs);
                if (message.updatedAtMs != null && $Object.hasOwnProperty.call(message, "updatedAtMs") && !$Object.is(message.updatedAtMs, 0))
                    writer.uint32(33).double(message.updatedAtMs);
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    $root.skep.v1.ClusterSpec.encode(message.spec, writer.uint32(42).fork(), _depth + 1).ldelim();
                if (message.joinTokens != null && $Object.hasOwnProperty.call(message, "joinTokens"))
                    $root.skep.v1.JoinTokens.encode(message.joinTokens, writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.rootCertificatePem != null && $Object.hasOwnProperty.call(message, "rootCertificatePem") && message.rootCertificatePem !== "")
                    writer.uint32(58).string(message.rootCertificatePem);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ClusterResponse.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ClusterResponse();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.createdAtMs = value;
                            else
                                delete message.createdAtMs;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.updatedAtMs = value;
                            else
                                delete message.updatedAtMs;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.spec = $root.skep.v1.ClusterSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spec);
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.joinTokens = $root.skep.v1.JoinTokens.decode(reader, reader.size(), $undefined, _depth + 1, message.joinTokens);
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rootCertificatePem = value;
                            else
                                delete message.rootCertificatePem;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ClusterResponse.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ClusterResponse)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ClusterResponse: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ClusterResponse();
                if (object.id != null)
                    if (typeof object.id !== "string" || object.id.length)
                        message.id = $String(object.id);
                if (object.version != null)
                    if (!$Object.is($Number(object.version), 0))
                        message.version = $Number(object.version);
                if (object.createdAtMs != null)
                    if (!$Object.is($Number(object.createdAtMs), 0))
                        message.createdAtMs = $Number(object.createdAtMs);
                if (object.updatedAtMs != null)
                    if (!$Object.is($Number(object.updatedAtMs), 0))
                        message.updatedAtMs = $Number(object.updatedAtMs);
                if (object.spec != null) {
                    if (!$util.isObject(object.spec))
                        throw $TypeError(".skep.v1.ClusterResponse.spec: object expected");
                    message.spec = $root.skep.v1.ClusterSpec.fromObject(object.spec, _depth + 1);
                }
                if (object.joinTokens != null) {
                    if (!$util.isObject(object.joinTokens))
                        throw $TypeError(".skep.v1.ClusterResponse.joinTokens: object expected");
                    message.joinTokens = $root.skep.v1.JoinTokens.fromObject(object.joinTokens, _depth + 1);
                }
                if (object.rootCertificatePem != null)
                    if (typeof object.rootCertificatePem !== "string" || object.rootCertificatePem.length)
                        message.rootCertificatePem = $String(object.rootCertificatePem);
                return message;
            };

            ClusterResponse.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.id = "";
                    object.version = 0;
                    object.createdAtMs = 0;
                    object.updatedAtMs = 0;
                    object.spec = null;
                    object.joinTokens = null;
                    object.rootCertificatePem = "";
                }
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    object.id = message.id;
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    object.version = options.json && !$isFinite(message.version) ? $String(message.version) : message.version;
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs"))
                    object.createdAtMs = options.json && !$isFinite(message.createdAtMs) ? $String(message.createdAtMs) : message.createdAtMs;
                if (message.updatedAtMs != null && $Object.hasOwnProperty.call(message, "updatedAtMs"))
                    object.updatedAtMs = options.json && !$isFinite(message.updatedAtMs) ? $String(message.updatedAtMs) : message.updatedAtMs;
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    object.spec = $root.skep.v1.ClusterSpec.toObject(message.spec, options, _depth + 1);
                if (message.joinTokens != null && $Object.hasOwnProperty.call(message, "joinTokens"))
                    object.joinTokens = $root.skep.v1.JoinTokens.toObject(message.joinTokens, options, _depth + 1);
                if (message.rootCertificatePem != null && $Object.hasOwnProperty.call(message, "rootCertificatePem"))
                    object.rootCertificatePem = message.rootCertificatePem;
                return object;
            };

            ClusterResponse.prototype.toJSON = function() {
                return ClusterResponse.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ClusterResponse;
        })();

        v1.WatchRequest = (function() {

            const WatchRequest = function (properties) {
                this.serviceReferences = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            WatchRequest.prototype.serviceReferences = $util.emptyArray;

            WatchRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.serviceReferences != null && message.serviceReferences.length)
                    for (let i = 0; i < message.serviceReferences.length; ++i)
                        writer.uint32(10).string(message.serviceReferences[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            WatchRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.WatchRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.serviceReferences && message.serviceReferences.length))
                                message.serviceReferences = [];
                            message.serviceReferences.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            WatchRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.WatchRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.WatchRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.WatchRequest();
                if (object.serviceReferences) {
                    if (!$Array.isArray(object.serviceReferences))
                        throw $TypeError(".skep.v1.WatchRequest.serviceReferences: array expected");
                    message.serviceReferences = $Array(object.serviceReferences.length);
                    for (let i = 0; i < object.serviceReferences.length; ++i)
                        message.serviceReferences[i] = $String(object.serviceReferences[i]);
                }
                return message;
            };

            WatchRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.serviceReferences = [];
                if (message.serviceReferences && message.serviceReferences.length) {
                    object.serviceReferences = $Array(message.serviceReferences.length);
                    for (let j = 0; j < message.serviceReferences.length; ++j)
                        object.serviceReferences[j] = message.serviceReferences[j];
                }
                return object;
            };

            WatchRequest.prototype.toJSON = function() {
                return WatchRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return WatchRequest;
        })();

        v1.WatchMessage = (function() {

            const WatchMessage = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            WatchMessage.prototype.index = 0;

            WatchMessage.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.index != null && $Object.hasOwnProperty.call(message, "index") && !$Object.is(message.index, 0))
                    writer.uint32(9).double(message.index);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            WatchMessage.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.WatchMessage();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.index = value;
                            else
                                delete message.index;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            WatchMessage.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.WatchMessage)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.WatchMessage: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.WatchMessage();
                if (object.index != null)
                    if (!$Object.is($Number(object.index), 0))
                        message.index = $Number(object.index);
                return message;
            };

            WatchMessage.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.index = 0;
                if (message.index != null && $Object.hasOwnProperty.call(message, "index"))
                    object.index = options.json && !$isFinite(message.index) ? $String(message.index) : message.index;
                return object;
            };

            WatchMessage.prototype.toJSON = function() {
                return WatchMessage.toObject(this, $protobuf.util.toJSONOptions);
            };

            return WatchMessage;
        })();

        v1.LogsRequest = (function() {

            const LogsRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            LogsRequest.prototype.selector = null;
            LogsRequest.prototype.options = null;

            LogsRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.selector != null && $Object.hasOwnProperty.call(message, "selector"))
                    $root.skep.v1.LogSelector.encode(message.selector, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.options != null && $Object.hasOwnProperty.call(message, "options"))
                    $root.skep.v1.LogOptions.encode(message.options, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LogsRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.LogsRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.selector = $root.skep.v1.LogSelector.decode(reader, reader.size(), $undefined, _depth + 1, message.selector);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.options = $root.skep.v1.LogOptions.decode(reader, reader.size(), $undefined, _depth + 1, message.options);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            LogsRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.LogsRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.LogsRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.LogsRequest();
                if (object.selector != null) {
                    if (!$util.isObject(object.selector))
                        throw $TypeError(".skep.v1.LogsRequest.selector: object expected");
                    message.selector = $root.skep.v1.LogSelector.fromObject(object.selector, _depth + 1);
                }
                if (object.options != null) {
                    if (!$util.isObject(object.options))
                        throw $TypeError(".skep.v1.LogsRequest.options: object expected");
                    message.options = $root.skep.v1.LogOptions.fromObject(object.options, _depth + 1);
                }
                return message;
            };

            LogsRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.selector = null;
                    object.options = null;
                }
                if (message.selector != null && $Object.hasOwnProperty.call(message, "selector"))
                    object.selector = $root.skep.v1.LogSelector.toObject(message.selector, options, _depth + 1);
                if (message.options != null && $Object.hasOwnProperty.call(message, "options"))
                    object.options = $root.skep.v1.LogOptions.toObject(message.options, options, _depth + 1);
                return object;
            };

            LogsRequest.prototype.toJSON = function() {
                return LogsRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return LogsRequest;
        })();

        v1.LogsMessage = (function() {

            const LogsMessage = function (properties) {
                this.lines = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            LogsMessage.prototype.lines = $util.emptyArray;
            LogsMessage.prototype.warning = "";

            LogsMessage.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.lines != null && message.lines.length)
                    for (let i = 0; i < message.lines.length; ++i)
                        $root.skep.v1.LogLine.encode(message.lines[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.warning != null && $Object.hasOwnProperty.call(message, "warning") && message.warning !== "")
                    writer.uint32(18).string(message.warning);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LogsMessage.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.LogsMessage();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.lines && message.lines.length))
                                message.lines = [];
                            message.lines.push($root.skep.v1.LogLine.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.warning = value;
                            else
                                delete message.warning;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            LogsMessage.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.LogsMessage)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.LogsMessage: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.LogsMessage();
                if (object.lines) {
                    if (!$Array.isArray(object.lines))
                        throw $TypeError(".skep.v1.LogsMessage.lines: array expected");
                    message.lines = $Array(object.lines.length);
                    for (let i = 0; i < object.lines.length; ++i) {
                        if (!$util.isObject(object.lines[i]))
                            throw $TypeError(".skep.v1.LogsMessage.lines: object expected");
                        message.lines[i] = $root.skep.v1.LogLine.fromObject(object.lines[i], _depth + 1);
                    }
                }
                if (object.warning != null)
                    if (typeof object.warning !== "string" || object.warning.length)
                        message.warning = $String(object.warning);
                return message;
            };

            LogsMessage.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.lines = [];
                if (options.defaults)
                    object.warning = "";
                if (message.lines && message.lines.length) {
                    object.lines = $Array(message.lines.length);
                    for (let j = 0; j < message.lines.length; ++j)
                        object.lines[j] = $root.skep.v1.LogLine.toObject(message.lines[j], options, _depth + 1);
                }
                if (message.warning != null && $Object.hasOwnProperty.call(message, "warning"))
                    object.warning = message.warning;
                return object;
            };

            LogsMessage.prototype.toJSON = function() {
                return LogsMessage.toObject(this, $protobuf.util.toJSONOptions);
            };

            return LogsMessage;
        })();

        v1.SwarmInitRequest = (function() {

            const SwarmInitRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            SwarmInitRequest.prototype.advertiseAddress = "";
            SwarmInitRequest.prototype.listenAddress = "";
            SwarmInitRequest.prototype.dataPathAddress = "";
            SwarmInitRequest.prototype.availability = "";
            SwarmInitRequest.prototype.spec = null;

            SwarmInitRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.advertiseAddress != null && $Object.hasOwnProperty.call(message, "advertiseAddress") && message.advertiseAddress !== "")
                    writer.uint32(10).string(message.advertiseAddress);
                if (message.listenAddress != null && $Object.hasOwnProperty.call(message, "listenAddress") && message.listenAddress !== "")
                    writer.uint32(18).string(message.listenAddress);
                if (message.dataPathAddress != null && $Object.hasOwnProperty.call(message, "dataPathAddress") && message.dataPathAddress !== "")
                    writer.uint32(26).string(message.dataPathAddress);
                if (message.availability != null && $Object.hasOwnProperty.call(message, "availability") && message.availability !== "")
                    writer.uint32(34).string(message.availability);
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    $root.skep.v1.ClusterSpec.encode(message.spec, writer.uint32(42).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SwarmInitRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.SwarmInitRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.advertiseAddress = value;
                            else
                                delete message.advertiseAddress;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.listenAddress = value;
                            else
                                delete message.listenAddress;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.dataPathAddress = value;
                            else
                                delete message.dataPathAddress;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.availability = value;
                            else
                                delete message.availability;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.spec = $root.skep.v1.ClusterSpec.decode(reader, reader.size(), $undefined, _depth + 1, message.spec);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            SwarmInitRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.SwarmInitRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.SwarmInitRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.SwarmInitRequest();
                if (object.advertiseAddress != null)
                    if (typeof object.advertiseAddress !== "string" || object.advertiseAddress.length)
                        message.advertiseAddress = $String(object.advertiseAddress);
                if (object.listenAddress != null)
                    if (typeof object.listenAddress !== "string" || object.listenAddress.length)
                        message.listenAddress = $String(object.listenAddress);
                if (object.dataPathAddress != null)
                    if (typeof object.dataPathAddress !== "string" || object.dataPathAddress.length)
                        message.dataPathAddress = $String(object.dataPathAddress);
                if (object.availability != null)
                    if (typeof object.availability !== "string" || object.availability.length)
                        message.availability = $String(object.availability);
                if (object.spec != null) {
                    if (!$util.isObject(object.spec))
                        throw $TypeError(".skep.v1.SwarmInitRequest.spec: object expected");
                    message.spec = $root.skep.v1.ClusterSpec.fromObject(object.spec, _depth + 1);
                }
                return message;
            };

            SwarmInitRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.advertiseAddress = "";
                    object.listenAddress = "";
                    object.dataPathAddress = "";
                    object.availability = "";
                    object.spec = null;
                }
                if (message.advertiseAddress != null && $Object.hasOwnProperty.call(message, "advertiseAddress"))
                    object.advertiseAddress = message.advertiseAddress;
                if (message.listenAddress != null && $Object.hasOwnProperty.call(message, "listenAddress"))
                    object.listenAddress = message.listenAddress;
                if (message.dataPathAddress != null && $Object.hasOwnProperty.call(message, "dataPathAddress"))
                    object.dataPathAddress = message.dataPathAddress;
                if (message.availability != null && $Object.hasOwnProperty.call(message, "availability"))
                    object.availability = message.availability;
                if (message.spec != null && $Object.hasOwnProperty.call(message, "spec"))
                    object.spec = $root.skep.v1.ClusterSpec.toObject(message.spec, options, _depth + 1);
                return object;
            };

            SwarmInitRequest.prototype.toJSON = function() {
                return SwarmInitRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return SwarmInitRequest;
        })();

        v1.SwarmInitResponse = (function() {

            const SwarmInitResponse = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            SwarmInitResponse.prototype.nodeId = "";
            SwarmInitResponse.prototype.workerToken = "";
            SwarmInitResponse.prototype.managerAddress = "";

            SwarmInitResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId") && message.nodeId !== "")
                    writer.uint32(10).string(message.nodeId);
                if (message.workerToken != null && $Object.hasOwnProperty.call(message, "workerToken") && message.workerToken !== "")
                    writer.uint32(18).string(message.workerToken);
                if (message.managerAddress != null && $Object.hasOwnProperty.call(message, "managerAddress") && message.managerAddress !== "")
                    writer.uint32(26).string(message.managerAddress);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SwarmInitResponse.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.SwarmInitResponse();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.nodeId = value;
                            else
                                delete message.nodeId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.workerToken = value;
                            else
                                delete message.workerToken;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.managerAddress = value;
                            else
                                delete message.managerAddress;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            SwarmInitResponse.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.SwarmInitResponse)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.SwarmInitResponse: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.SwarmInitResponse();
                if (object.nodeId != null)
                    if (typeof object.nodeId !== "string" || object.nodeId.length)
                        message.nodeId = $String(object.nodeId);
                if (object.workerToken != null)
                    if (typeof object.workerToken !== "string" || object.workerToken.length)
                        message.workerToken = $String(object.workerToken);
                if (object.managerAddress != null)
                    if (typeof object.managerAddress !== "string" || object.managerAddress.length)
                        message.managerAddress = $String(object.managerAddress);
                return message;
            };

            SwarmInitResponse.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.nodeId = "";
                    object.workerToken = "";
                    object.managerAddress = "";
                }
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId"))
                    object.nodeId = message.nodeId;
                if (message.workerToken != null && $Object.hasOwnProperty.call(message, "workerToken"))
                    object.workerToken = message.workerToken;
                if (message.managerAddress != null && $Object.hasOwnProperty.call(message, "managerAddress"))
                    object.managerAddress = message.managerAddress;
                return object;
            };

            SwarmInitResponse.prototype.toJSON = function() {
                return SwarmInitResponse.toObject(this, $protobuf.util.toJSONOptions);
            };

            return SwarmInitResponse;
        })();

        v1.SwarmJoinRequest = (function() {

            const SwarmJoinRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            SwarmJoinRequest.prototype.token = "";
            SwarmJoinRequest.prototype.remoteAddress = "";
            SwarmJoinRequest.prototype.advertiseAddress = "";
            SwarmJoinRequest.prototype.listenAddress = "";
            SwarmJoinRequest.prototype.dataPathAddress = "";
            SwarmJoinRequest.prototype.availability = "";

            SwarmJoinRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.token != null && $Object.hasOwnProperty.call(message, "token") && message.token !== "")
                    writer.uint32(10).string(message.token);
                if (message.remoteAddress != null && $Object.hasOwnProperty.call(message, "remoteAddress") && message.remoteAddress !== "")
                    writer.uint32(18).string(message.remoteAddress);
                if (message.advertiseAddress != null && $Object.hasOwnProperty.call(message, "advertiseAddress") && message.advertiseAddress !== "")
                    writer.uint32(26).string(message.advertiseAddress);
                if (message.listenAddress != null && $Object.hasOwnProperty.call(message, "listenAddress") && message.listenAddress !== "")
                    writer.uint32(34).string(message.listenAddress);
                if (message.dataPathAddress != null && $Object.hasOwnProperty.call(message, "dataPathAddress") && message.dataPathAddress !== "")
                    writer.uint32(42).string(message.dataPathAddress);
                if (message.availability != null && $Object.hasOwnProperty.call(message, "availability") && message.availability !== "")
                    writer.uint32(50).string(message.availability);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SwarmJoinRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.SwarmJoinRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.token = value;
                            else
                                delete message.token;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.remoteAddress = value;
                            else
                                delete message.remoteAddress;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.advertiseAddress = value;
                            else
                                delete message.advertiseAddress;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.listenAddress = value;
                            else
                                delete message.listenAddress;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.dataPathAddress = value;
                            else
                                delete message.dataPathAddress;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.availability = value;
                            else
                                delete message.availability;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            SwarmJoinRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.SwarmJoinRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.SwarmJoinRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.SwarmJoinRequest();
                if (object.token != null)
                    if (typeof object.token !== "string" || object.token.length)
                        message.token = $String(object.token);
                if (object.remoteAddress != null)
                    if (typeof object.remoteAddress !== "string" || object.remoteAddress.length)
                        message.remoteAddress = $String(object.remoteAddress);
                if (object.advertiseAddress != null)
                    if (typeof object.advertiseAddress !== "string" || object.advertiseAddress.length)
                        message.advertiseAddress = $String(object.advertiseAddress);
                if (object.listenAddress != null)
                    if (typeof object.listenAddress !== "string" || object.listenAddress.length)
                        message.listenAddress = $String(object.listenAddress);
                if (object.dataPathAddress != null)
                    if (typeof object.dataPathAddress !== "string" || object.dataPathAddress.length)
                        message.dataPathAddress = $String(object.dataPathAddress);
                if (object.availability != null)
                    if (typeof object.availability !== "string" || object.availability.length)
                        message.availability = $String(object.availability);
                return message;
            };

            SwarmJoinRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.token = "";
                    object.remoteAddress = "";
                    object.advertiseAddress = "";
                    object.listenAddress = "";
                    object.dataPathAddress = "";
                    object.availability = "";
                }
                if (message.token != null && $Object.hasOwnProperty.call(message, "token"))
                    object.token = message.token;
                if (message.remoteAddress != null && $Object.hasOwnProperty.call(message, "remoteAddress"))
                    object.remoteAddress = message.remoteAddress;
                if (message.advertiseAddress != null && $Object.hasOwnProperty.call(message, "advertiseAddress"))
                    object.advertiseAddress = message.advertiseAddress;
                if (message.listenAddress != null && $Object.hasOwnProperty.call(message, "listenAddress"))
                    object.listenAddress = message.listenAddress;
                if (message.dataPathAddress != null && $Object.hasOwnProperty.call(message, "dataPathAddress"))
                    object.dataPathAddress = message.dataPathAddress;
                if (message.availability != null && $Object.hasOwnProperty.call(message, "availability"))
                    object.availability = message.availability;
                return object;
            };

            SwarmJoinRequest.prototype.toJSON = function() {
                return SwarmJoinRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return SwarmJoinRequest;
        })();

        v1.SwarmJoinResponse = (function() {

            const SwarmJoinResponse = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            SwarmJoinResponse.prototype.nodeId = "";
            SwarmJoinResponse.prototype.role = "";

            SwarmJoinResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId") && message.nodeId !== "")
                    writer.uint32(10).string(message.nodeId);
                if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                    writer.uint32(18).string(message.role);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SwarmJoinResponse.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.SwarmJoinResponse();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.nodeId = value;
                            else
                                delete message.nodeId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.role = value;
                            else
                                delete message.role;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            SwarmJoinResponse.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.SwarmJoinResponse)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.SwarmJoinResponse: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.SwarmJoinResponse();
                if (object.nodeId != null)
                    if (typeof object.nodeId !== "string" || object.nodeId.length)
                        message.nodeId = $String(object.nodeId);
                if (object.role != null)
                    if (typeof object.role !== "string" || object.role.length)
                        message.role = $String(object.role);
                return message;
            };

            SwarmJoinResponse.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.nodeId = "";
                    object.role = "";
                }
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId"))
                    object.nodeId = message.nodeId;
                if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                    object.role = message.role;
                return object;
            };

            SwarmJoinResponse.prototype.toJSON = function() {
                return SwarmJoinResponse.toObject(this, $protobuf.util.toJSONOptions);
            };

            return SwarmJoinResponse;
        })();

        v1.SwarmLeaveRequest = (function() {

            const SwarmLeaveRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            SwarmLeaveRequest.prototype.force = false;

            SwarmLeaveRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.force != null && $Object.hasOwnProperty.call(message, "force") && message.force !== false)
                    writer.uint32(8).bool(message.force);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SwarmLeaveRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.SwarmLeaveRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.force = value;
                            else
                                delete message.force;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            SwarmLeaveRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.SwarmLeaveRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.SwarmLeaveRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.SwarmLeaveRequest();
                if (object.force != null)
                    if (object.force)
                        message.force = $Boolean(object.force);
                return message;
            };

            SwarmLeaveRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.force = false;
                if (message.force != null && $Object.hasOwnProperty.call(message, "force"))
                    object.force = message.force;
                return object;
            };

            SwarmLeaveRequest.prototype.toJSON = function() {
                return SwarmLeaveRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            return SwarmLeaveRequest;
        })();

        v1.NodeInfo = (function() {

            const NodeInfo = function (properties) {
                this.managers = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            NodeInfo.prototype.nodeId = "";
            NodeInfo.prototype.clusterId = "";
            NodeInfo.prototype.swarmState = "";
            NodeInfo.prototype.role = "";
            NodeInfo.prototype.error = "";
            NodeInfo.prototype.version = "";
            NodeInfo.prototype.hostname = "";
            NodeInfo.prototype.advertiseAddress = "";
            NodeInfo.prototype.managers = $util.emptyArray;
            NodeInfo.prototype.containersRunning = 0;
            NodeInfo.prototype.images = 0;
            NodeInfo.prototype.dataRoot = "";
            NodeInfo.prototype.runRoot = "";
            NodeInfo.prototype.pid = 0;

            NodeInfo.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId") && message.nodeId !== "")
                    writer.uint32(10).string(message.nodeId);
                if (message.clusterId != null && $Object.hasOwnProperty.call(message, "clusterId") && message.clusterId !== "")
                    writer.uint32(18).string(message.clusterId);
                if (message.swarmState != null && $Object.hasOwnProperty.call(message, "swarmState") && message.swarmState !== "")
                    writer.uint32(26).string(message.swarmState);
                if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                    writer.uint32(34).string(message.role);
                if (message.error != null && $Object.hasOwnProperty.call(message, "error") && message.error !== "")
                    writer.uint32(42).string(message.error);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                    writer.uint32(50).string(message.version);
                if (message.hostname != null && $Object.hasOwnProperty.call(message, "hostname") && message.hostname !== "")
                    writer.uint32(58).string(message.hostname);
                if (message.advertiseAddress != null && $Object.hasOwnProperty.call(message, "advertiseAddress") && message.advertiseAddress !== "")
                    writer.uint32(66).string(message.advertiseAddress);
                if (message.managers != null && message.managers.length)
                    for (let i = 0; i < message.managers.length; ++i)
                        $root.skep.v1.ManagerAddress.encode(message.managers[i], writer.uint32(74).fork(), _depth + 1).ldelim();
                if (message.containersRunning != null && $Object.hasOwnProperty.call(message, "containersRunning") && message.containersRunning !== 0)
                    writer.uint32(80).uint32(message.containersRunning);
                if (message.images != null && $Object.hasOwnProperty.call(message, "images") && message.images !== 0)
                    writer.uint32(88).uint32(message.images);
                if (message.dataRoot != null && $Object.hasOwnProperty.call(message, "dataRoot") && message.dataRoot !== "")
                    writer.uint32(98).string(message.dataRoot);
                if (message.runRoot != null && $Object.hasOwnProperty.call(message, "runRoot") && message.runRoot !== "")
                    writer.uint32(106).string(message.runRoot);
                if (message.pid != null && $Object.hasOwnProperty.call(message, "pid") && message.pid !== 0)
                    writer.uint32(112).uint32(message.pid);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            NodeInfo.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.NodeInfo();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.nodeId = value;
                            else
                                delete message.nodeId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.clusterId = value;
                            else
                                delete message.clusterId;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.swarmState = value;
                            else
                                delete message.swarmState;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.role = value;
                            else
                                delete message.role;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.error = value;
                            else
                                delete message.error;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.hostname = value;
                            else
                                delete message.hostname;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.advertiseAddress = value;
                            else
                                delete message.advertiseAddress;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if (!(message.managers && message.managers.length))
                                message.managers = [];
                            message.managers.push($root.skep.v1.ManagerAddress.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.containersRunning = value;
                            else
                                delete message.containersRunning;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.images = value;
                            else
                                delete message.images;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.dataRoot = value;
                            else
                                delete message.dataRoot;
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.runRoot = value;
                            else
                                delete message.runRoot;
                            continue;
                        }
                    case 14: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.pid = value;
                            else
                                delete message.pid;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            NodeInfo.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.NodeInfo)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.NodeInfo: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.NodeInfo();
                if (object.nodeId != null)
                    if (typeof object.nodeId !== "string" || object.nodeId.length)
                        message.nodeId = $String(object.nodeId);
                if (object.clusterId != null)
                    if (typeof object.clusterId !== "string" || object.clusterId.length)
                        message.clusterId = $String(object.clusterId);
                if (object.swarmState != null)
                    if (typeof object.swarmState !== "string" || object.swarmState.length)
                        message.swarmState = $String(object.swarmState);
                if (object.role != null)
                    if (typeof object.role !== "string" || object.role.length)
                        message.role = $String(object.role);
                if (object.error != null)
                    if (typeof object.error !== "string" || object.error.length)
                        message.error = $String(object.error);
                if (object.version != null)
                    if (typeof object.version !== "string" || object.version.length)
                        message.version = $String(object.version);
                if (object.hostname != null)
                    if (typeof object.hostname !== "string" || object.hostname.length)
                        message.hostname = $String(object.hostname);
                if (object.advertiseAddress != null)
                    if (typeof object.advertiseAddress !== "string" || object.advertiseAddress.length)
                        message.advertiseAddress = $String(object.advertiseAddress);
                if (object.managers) {
                    if (!$Array.isArray(object.managers))
                        throw $TypeError(".skep.v1.NodeInfo.managers: array expected");
                    message.managers = $Array(object.managers.length);
                    for (let i = 0; i < object.managers.length; ++i) {
                        if (!$util.isObject(object.managers[i]))
                            throw $TypeError(".skep.v1.NodeInfo.managers: object expected");
                        message.managers[i] = $root.skep.v1.ManagerAddress.fromObject(object.managers[i], _depth + 1);
                    }
                }
                if (object.containersRunning != null)
                    if ($Number(object.containersRunning) !== 0)
                        message.containersRunning = object.containersRunning >>> 0;
                if (object.images != null)
                    if ($Number(object.images) !== 0)
                        message.images = object.images >>> 0;
                if (object.dataRoot != null)
                    if (typeof object.dataRoot !== "string" || object.dataRoot.length)
                        message.dataRoot = $String(object.dataRoot);
                if (object.runRoot != null)
                    if (typeof object.runRoot !== "string" || object.runRoot.length)
                        message.runRoot = $String(object.runRoot);
                if (object.pid != null)
                    if ($Number(object.pid) !== 0)
                        message.pid = object.pid >>> 0;
                return message;
            };

            NodeInfo.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.managers = [];
                if (options.defaults) {
                    object.nodeId = "";
                    object.clusterId = "";
                    object.swarmState = "";
                    object.role = "";
                    object.error = "";
                    object.version = "";
                    object.hostname = "";
                    object.advertiseAddress = "";
                    object.containersRunning = 0;
                    object.images = 0;
                    object.dataRoot = "";
                    object.runRoot = "";
                    object.pid = 0;
                }
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId"))
                    object.nodeId = message.nodeId;
                if (message.clusterId != null && $Object.hasOwnProperty.call(message, "clusterId"))
                    object.clusterId = message.clusterId;
                if (message.swarmState != null && $Object.hasOwnProperty.call(message, "swarmState"))
                    object.swarmState = message.swarmState;
                if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                    object.role = message.role;
                if (message.error != null && $Object.hasOwnProperty.call(message, "error"))
                    object.error = message.error;
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    object.version = message.version;
                if (message.hostname != null && $Object.hasOwnProperty.call(message, "hostname"))
                    object.hostname = message.hostname;
                if (message.advertiseAddress != null && $Object.hasOwnProperty.call(message, "advertiseAddress"))
                    object.advertiseAddress = message.advertiseAddress;
                if (message.managers && message.managers.length) {
                    object.managers = $Array(message.managers.length);
                    for (let j = 0; j < message.managers.length; ++j)
                        object.managers[j] = $root.skep.v1.ManagerAddress.toObject(message.managers[j], options, _depth + 1);
                }
                if (message.containersRunning != null && $Object.hasOwnProperty.call(message, "containersRunning"))
                    object.containersRunning = message.containersRunning;
                if (message.images != null && $Object.hasOwnProperty.call(message, "images"))
                    object.images = message.images;
                if (message.dataRoot != null && $Object.hasOwnProperty.call(message, "dataRoot"))
                    object.dataRoot = message.dataRoot;
                if (message.runRoot != null && $Object.hasOwnProperty.call(message, "runRoot"))
                    object.runRoot = message.runRoot;
                if (message.pid != null && $Object.hasOwnProperty.call(message, "pid"))
                    object.pid = message.pid;
                return object;
            };

            NodeInfo.prototype.toJSON = function() {
                return NodeInfo.toObject(this, $protobuf.util.toJSONOptions);
            };

            return NodeInfo;
        })();

        v1.ImageConfig = (function() {

            const ImageConfig = function (properties) {
                this.entrypoint = [];
                this.cmd = [];
                this.env = [];
                this.exposedPorts = [];
                this.labels = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ImageConfig.prototype.entrypoint = $util.emptyArray;
            ImageConfig.prototype.cmd = $util.emptyArray;
            ImageConfig.prototype.env = $util.emptyArray;
            ImageConfig.prototype.workingDir = "";
            ImageConfig.prototype.user = "";
            ImageConfig.prototype.exposedPorts = $util.emptyArray;
            ImageConfig.prototype.labels = $util.emptyObject;
            ImageConfig.prototype.stopSignal = "";
            ImageConfig.prototype.health = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ImageConfig.prototype, "_health", {
                get: $util.oneOfGetter($oneOfFields = ["health"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            ImageConfig.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.entrypoint != null && message.entrypoint.length)
                    for (let i = 0; i < message.entrypoint.length; ++i)
                        writer.uint32(10).string(message.entrypoint[i]);
                if (message.cmd != null && message.cmd.length)
                    for (let i = 0; i < message.cmd.length; ++i)
                        writer.uint32(18).string(message.cmd[i]);
                if (message.env != null && message.env.length)
                    for (let i = 0; i < message.env.length; ++i)
                        writer.uint32(26).string(message.env[i]);
                if (message.workingDir != null && $Object.hasOwnProperty.call(message, "workingDir") && message.workingDir !== "")
                    writer.uint32(34).string(message.workingDir);
                if (message.user != null && $Object.hasOwnProperty.call(message, "user") && message.user !== "")
                    writer.uint32(42).string(message.user);
                if (message.exposedPorts != null && message.exposedPorts.length)
                    for (let i = 0; i < message.exposedPorts.length; ++i)
                        writer.uint32(50).string(message.exposedPorts[i]);
                if (message.labels != null && $Object.hasOwnProperty.call(message, "labels"))
                    for (let keys = $Object.keys(message.labels), i = 0; i < keys.length; ++i)
                        writer.uint32(58).fork().uint32(10).string(keys[i]).uint32(18).string(message.labels[keys[i]]).ldelim();
                if (message.stopSignal != null && $Object.hasOwnProperty.call(message, "stopSignal") && message.stopSignal !== "")
                    writer.uint32(66).string(message.stopSignal);
                if (message.health != null && $Object.hasOwnProperty.call(message, "health"))
                    $root.skep.v1.HealthCheck.encode(message.health, writer.uint32(74).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ImageConfig.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ImageConfig();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.entrypoint && message.entrypoint.length))
                                message.entrypoint = [];
                            message.entrypoint.push(reader.stringVerify());
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.cmd && message.cmd.length))
                                message.cmd = [];
                            message.cmd.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.env && message.env.length))
                                message.env = [];
                            message.env.push(reader.stringVerify());
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.workingDir = value;
                            else
                                delete message.workingDir;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.user = value;
                            else
                                delete message.user;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (!(message.exposedPorts && message.exposedPorts.length))
                                message.exposedPorts = [];
                            message.exposedPorts.push(reader.stringVerify());
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (message.labels === $util.emptyObject)
                                message.labels = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = "";
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = reader.stringVerify();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.labels, key);
                            message.labels[key] = value;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.stopSignal = value;
                            else
                                delete message.stopSignal;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.health = $root.skep.v1.HealthCheck.decode(reader, reader.size(), $undefined, _depth + 1, message.health);
                            message._health = "health";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ImageConfig.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ImageConfig)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ImageConfig: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ImageConfig();
                if (object.entrypoint) {
                    if (!$Array.isArray(object.entrypoint))
                        throw $TypeError(".skep.v1.ImageConfig.entrypoint: array expected");
                    message.entrypoint = $Array(object.entrypoint.length);
                    for (let i = 0; i < object.entrypoint.length; ++i)
                        message.entrypoint[i] = $String(object.entrypoint[i]);
                }
                if (object.cmd) {
                    if (!$Array.isArray(object.cmd))
                        throw $TypeError(".skep.v1.ImageConfig.cmd: array expected");
                    message.cmd = $Array(object.cmd.length);
                    for (let i = 0; i < object.cmd.length; ++i)
                        message.cmd[i] = $String(object.cmd[i]);
                }
                if (object.env) {
                    if (!$Array.isArray(object.env))
                        throw $TypeError(".skep.v1.ImageConfig.env: array expected");
                    message.env = $Array(object.env.length);
                    for (let i = 0; i < object.env.length; ++i)
                        message.env[i] = $String(object.env[i]);
                }
                if (object.workingDir != null)
                    if (typeof object.workingDir !== "string" || object.workingDir.length)
                        message.workingDir = $String(object.workingDir);
                if (object.user != null)
                    if (typeof object.user !== "string" || object.user.length)
                        message.user = $String(object.user);
                if (object.exposedPorts) {
                    if (!$Array.isArray(object.exposedPorts))
                        throw $TypeError(".skep.v1.ImageConfig.exposedPorts: array expected");
                    message.exposedPorts = $Array(object.exposedPorts.length);
                    for (let i = 0; i < object.exposedPorts.length; ++i)
                        message.exposedPorts[i] = $String(object.exposedPorts[i]);
                }
                if (object.labels) {
                    if (!$util.isObject(object.labels))
                        throw $TypeError(".skep.v1.ImageConfig.labels: object expected");
                    message.labels = {};
                    for (let keys = $Object.keys(object.labels), i = 0; i < keys.length; ++i) {
                        if (keys[i] === "__proto__")
                            $util.makeProp(message.labels, keys[i]);
                        message.labels[keys[i]] = $String(object.labels[keys[i]]);
                    }
                }
                if (object.stopSignal != null)
                    if (typeof object.stopSignal !== "string" || object.stopSignal.length)
                        message.stopSignal = $String(object.stopSignal);
                if (object.health != null) {
                    if (!$util.isObject(object.health))
                        throw $TypeError(".skep.v1.ImageConfig.health: object expected");
                    message.health = $root.skep.v1.HealthCheck.fromObject(object.health, _depth + 1);
                }
                return message;
            };

            ImageConfig.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.entrypoint = [];
                    object.cmd = [];
                    object.env = [];
                    object.exposedPorts = [];
                }
                if (options.objects || options.defaults)
                    object.labels = {};
                if (options.defaults) {
                    object.workingDir = "";
                    object.user = "";
                    object.stopSignal = "";
                }
                if (message.entrypoint && message.entrypoint.length) {
                    object.entrypoint = $Array(message.entrypoint.length);
                    for (let j = 0; j < message.entrypoint.length; ++j)
                        object.entrypoint[j] = message.entrypoint[j];
                }
                if (message.cmd && message.cmd.length) {
                    object.cmd = $Array(message.cmd.length);
                    for (let j = 0; j < message.cmd.length; ++j)
                        object.cmd[j] = message.cmd[j];
                }
                if (message.env && message.env.length) {
                    object.env = $Array(message.env.length);
                    for (let j = 0; j < message.env.length; ++j)
                        object.env[j] = message.env[j];
                }
                if (message.workingDir != null && $Object.hasOwnProperty.call(message, "workingDir"))
                    object.workingDir = message.workingDir;
                if (message.user != null && $Object.hasOwnProperty.call(message, "user"))
                    object.user = message.user;
                if (message.exposedPorts && message.exposedPorts.length) {
                    object.exposedPorts = $Array(message.exposedPorts.length);
                    for (let j = 0; j < message.exposedPorts.length; ++j)
                        object.exposedPorts[j] = message.exposedPorts[j];
                }
                let keys2;
                if (message.labels && (keys2 = $Object.keys(message.labels)).length) {
                    object.labels = {};
                    for (let j = 0; j < keys2.length; ++j) {
                        if (keys2[j] === "__proto__")
                            $util.makeProp(object.labels, keys2[j]);
                        object.labels[keys2[j]] = message.labels[keys2[j]];
                    }
                }
                if (message.stopSignal != null && $Object.hasOwnProperty.call(message, "stopSignal"))
                    object.stopSignal = message.stopSignal;
                if (message.health != null && $Object.hasOwnProperty.call(message, "health"))
                    object.health = $root.skep.v1.HealthCheck.toObject(message.health, options, _depth + 1);
                return object;
            };

            ImageConfig.prototype.toJSON = function() {
                return ImageConfig.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ImageConfig;
        })();

        v1.Image = (function() {

            const Image = function (properties) {
                this.references = [];
                this.layers = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Image.prototype.id = "";
            Image.prototype.references = $util.emptyArray;
            Image.prototype.createdAtMs = 0;
            Image.prototype.sizeBytes = 0;
            Image.prototype.architecture = "";
            Image.prototype.os = "";
            Image.prototype.config = null;
            Image.prototype.layers = $util.emptyArray;

            Image.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(10).string(message.id);
                if (message.references != null && message.references.length)
                    for (let i = 0; i < message.references.length; ++i)
                        writer.uint32(18).string(message.references[i]);
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs") && !$Object.is(message.createdAtMs, 0))
                    writer.uint32(25).double(message.createdAtMs);
                if (message.sizeBytes != null && $Object.hasOwnProperty.call(message, "sizeBytes") && !$Object.is(message.sizeBytes, 0))
                    writer.uint32(33).double(message.sizeBytes);
                if (message.architecture != null && $Object.hasOwnProperty.call(message, "architecture") && message.architecture !== "")
                    writer.uint32(42).string(message.architecture);
                if (message.os != null && $Object.hasOwnProperty.call(message, "os") && message.os !== "")
                    writer.uint32(50).string(message.os);
                if (message.config != null && $Object.hasOwnProperty.call(message, "config"))
                    $root.skep.v1.ImageConfig.encode(message.config, writer.uint32(58).fork(), _depth + 1).ldelim();
                if (message.layers != null && message.layers.length)
                    for (let i = 0; i < message.layers.length; ++i)
                        writer.uint32(66).string(message.layers[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Image.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.Image();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.references && message.references.length))
                                message.references = [];
                            message.references.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.createdAtMs = value;
                            else
                                delete message.createdAtMs;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.sizeBytes = value;
                            else
                                delete message.sizeBytes;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.architecture = value;
                            else
                                delete message.architecture;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.os = value;
                            else
                                delete message.os;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.config = $root.skep.v1.ImageConfig.decode(reader, reader.size(), $undefined, _depth + 1, message.config);
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if (!(message.layers && message.layers.length))
                                message.layers = [];
                            message.layers.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Image.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.Image)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.Image: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.Image();
                if (object.id != null)
                    if (typeof object.id !== "string" || object.id.length)
                        message.id = $String(object.id);
                if (object.references) {
                    if (!$Array.isArray(object.references))
                        throw $TypeError(".skep.v1.Image.references: array expected");
                    message.references = $Array(object.references.length);
                    for (let i = 0; i < object.references.length; ++i)
                        message.references[i] = $String(object.references[i]);
                }
                if (object.createdAtMs != null)
                    if (!$Object.is($Number(object.createdAtMs), 0))
                        message.createdAtMs = $Number(object.createdAtMs);
                if (object.sizeBytes != null)
                    if (!$Object.is($Number(object.sizeBytes), 0))
                        message.sizeBytes = $Number(object.sizeBytes);
                if (object.architecture != null)
                    if (typeof object.architecture !== "string" || object.architecture.length)
                        message.architecture = $String(object.architecture);
                if (object.os != null)
                    if (typeof object.os !== "string" || object.os.length)
                        message.os = $String(object.os);
                if (object.config != null) {
                    if (!$util.isObject(object.config))
                        throw $TypeError(".skep.v1.Image.config: object expected");
                    message.config = $root.skep.v1.ImageConfig.fromObject(object.config, _depth + 1);
                }
                if (object.layers) {
                    if (!$Array.isArray(object.layers))
                        throw $TypeError(".skep.v1.Image.layers: array expected");
                    message.layers = $Array(object.layers.length);
                    for (let i = 0; i < object.layers.length; ++i)
                        message.layers[i] = $String(object.layers[i]);
                }
                return message;
            };

            Image.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.references = [];
                    object.layers = [];
                }
                if (options.defaults) {
                    object.id = "";
                    object.createdAtMs = 0;
                    object.sizeBytes = 0;
                    object.architecture = "";
                    object.os = "";
                    object.config = null;
                }
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    object.id = message.id;
                if (message.references && message.references.length) {
                    object.references = $Array(message.references.length);
                    for (let j = 0; j < message.references.length; ++j)
                        object.references[j] = message.references[j];
                }
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs"))
                    object.createdAtMs = options.json && !$isFinite(message.createdAtMs) ? $String(message.createdAtMs) : message.createdAtMs;
                if (message.sizeBytes != null && $Object.hasOwnProperty.call(message, "sizeBytes"))
                    object.sizeBytes = options.json && !$isFinite(message.sizeBytes) ? $String(message.sizeBytes) : message.sizeBytes;
                if (message.architecture != null && $Object.hasOwnProperty.call(message, "architecture"))
                    object.architecture = message.architecture;
                if (message.os != null && $Object.hasOwnProperty.call(message, "os"))
                    object.os = message.os;
                if (message.config != null && $Object.hasOwnProperty.call(message, "config"))
                    object.config = $root.skep.v1.ImageConfig.toObject(message.config, options, _depth + 1);
                if (message.layers && message.layers.length) {
                    object.layers = $Array(message.layers.length);
                    for (let j = 0; j < message.layers.length; ++j)
                        object.layers[j] = message.layers[j];
                }
                return object;
            };

            Image.prototype.toJSON = function() {
                return Image.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Image;
        })();

        v1.ImageUpload = (function() {

            const ImageUpload = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ImageUpload.prototype.header = null;
            ImageUpload.prototype.data = $util.newBuffer([]);

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ImageUpload.prototype, "_header", {
                get: $util.oneOfGetter($oneOfFields = ["header"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            ImageUpload.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                    $root.skep.v1.ImageUploadHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                    writer.uint32(18).bytes(message.data);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ImageUpload.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ImageUpload();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.header = $root.skep.v1.ImageUploadHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                            message._header = "header";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.data = value;
                            else
                                delete message.data;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ImageUpload.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ImageUpload)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ImageUpload: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ImageUpload();
                if (object.header != null) {
                    if (!$util.isObject(object.header))
                        throw $TypeError(".skep.v1.ImageUpload.header: object expected");
                    message.header = $root.skep.v1.ImageUploadHeader.fromObject(object.header, _depth + 1);
                }
                if (object.data != null)
                    if (object.data.length)
                        if (typeof object.data === "string")
                            $util.base64.decode(object.data, message.data = $util.newBuffer($util.base64.length(object.data)), 0);
                        else if (object.data.length >= 0)
                            message.data = object.data;
                return message;
            };

            ImageUpload.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    if (options.bytes === $String)
                        object.data = "";
                    else {
                        object.data = [];
                        if (options.bytes !== $Array)
                            object.data = $util.newBuffer(object.data);
                    }
                if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                    object.header = $root.skep.v1.ImageUploadHeader.toObject(message.header, options, _depth + 1);
                if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                    object.data = options.bytes === $String ? $util.base64.encode(message.data, 0, message.data.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.data) : message.data;
                return object;
            };

            ImageUpload.prototype.toJSON = function() {
                return ImageUpload.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ImageUpload;
        })();

        v1.ImageUploadHeader = (function() {

            const ImageUploadHeader = function (properties) {
                this.changes = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ImageUploadHeader.prototype.reference = "";
            ImageUploadHeader.prototype.changes = $util.emptyArray;
            ImageUploadHeader.prototype.message = "";

            ImageUploadHeader.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reference != null && $Object.hasOwnProperty.call(message, "reference") && message.reference !== "")
                    writer.uint32(10).string(message.reference);
                if (message.changes != null && message.changes.length)
                    for (let i = 0; i < message.changes.length; ++i)
                        writer.uint32(18).string(message.changes[i]);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(26).string(message.message);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ImageUploadHeader.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ImageUploadHeader();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reference = value;
                            else
                                delete message.reference;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.changes && message.changes.length))
                                message.changes = [];
                            message.changes.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ImageUploadHeader.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ImageUploadHeader)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ImageUploadHeader: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ImageUploadHeader();
                if (object.reference != null)
                    if (typeof object.reference !== "string" || object.reference.length)
                        message.reference = $String(object.reference);
                if (object.changes) {
                    if (!$Array.isArray(object.changes))
                        throw $TypeError(".skep.v1.ImageUploadHeader.changes: array expected");
                    message.changes = $Array(object.changes.length);
                    for (let i = 0; i < object.changes.length; ++i)
                        message.changes[i] = $String(object.changes[i]);
                }
                if (object.message != null)
                    if (typeof object.message !== "string" || object.message.length)
                        message.message = $String(object.message);
                return message;
            };

            ImageUploadHeader.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.changes = [];
                if (options.defaults) {
                    object.reference = "";
                    object.message = "";
                }
                if (message.reference != null && $Object.hasOwnProperty.call(message, "reference"))
                    object.reference = message.reference;
                if (message.changes && message.changes.length) {
                    object.changes = $Array(message.changes.length);
                    for (let j = 0; j < message.changes.length; ++j)
                        object.changes[j] = message.changes[j];
                }
                if (message.message != null && $Object.hasOwnProperty.call(message, "message"))
                    object.message = message.message;
                return object;
            };

            ImageUploadHeader.prototype.toJSON = function() {
                return ImageUploadHeader.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ImageUploadHeader;
        })();

        v1.ImageUploadResponse = (function() {

            const ImageUploadResponse = function (properties) {
                this.images = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ImageUploadResponse.prototype.images = $util.emptyArray;

            ImageUploadResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.images != null && message.images.length)
                    for (let i = 0; i < message.images.length; ++i)
                        $root.skep.v1.Image.encode(message.images[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ImageUploadResponse.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ImageUploadResponse();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.images && message.images.length))
                                message.images = [];
                            message.images.push($root.skep.v1.Image.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ImageUploadResponse.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ImageUploadResponse)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ImageUploadResponse: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ImageUploadResponse();
                if (object.images) {
                    if (!$Array.isArray(object.images))
                        throw $TypeError(".skep.v1.ImageUploadResponse.images: array expected");
                    message.images = $Array(object.images.length);
                    for (let i = 0; i < object.images.length; ++i) {
                        if (!$util.isObject(object.images[i]))
                            throw $TypeError(".skep.v1.ImageUploadResponse.images: object expected");
                        message.images[i] = $root.skep.v1.Image.fromObject(object.images[i], _depth + 1);
                    }
                }
                return message;
            };

            ImageUploadResponse.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.images = [];
                if (message.images && message.images.length) {
                    object.images = $Array(message.images.length);
                    for (let j = 0; j < message.images.length; ++j)
                        object.images[j] = $root.skep.v1.Image.toObject(message.images[j], options, _depth + 1);
                }
                return object;
            };

            ImageUploadResponse.prototype.toJSON = function() {
                return ImageUploadResponse.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ImageUploadResponse;
        })();

        v1.ListImagesResponse = (function() {

            const ListImagesResponse = function (properties) {
                this.images = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ListImagesResponse.prototype.images = $util.emptyArray;

            ListImagesResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.images != null && message.images.length)
                    for (let i = 0; i < message.images.length; ++i)
                        $root.skep.v1.Image.encode(message.images[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ListImagesResponse.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.ListImagesResponse();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.images && message.images.length))
                                message.images = [];
                            message.images.push($root.skep.v1.Image.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            ListImagesResponse.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.ListImagesResponse)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.ListImagesResponse: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.ListImagesResponse();
                if (object.images) {
                    if (!$Array.isArray(object.images))
                        throw $TypeError(".skep.v1.ListImagesResponse.images: array expected");
                    message.images = $Array(object.images.length);
                    for (let i = 0; i < object.images.length; ++i) {
                        if (!$util.isObject(object.images[i]))
                            throw $TypeError(".skep.v1.ListImagesResponse.images: object expected");
                        message.images[i] = $root.skep.v1.Image.fromObject(object.images[i], _depth + 1);
                    }
                }
                return message;
            };

            ListImagesResponse.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.images = [];
                if (message.images && message.images.length) {
                    object.images = $Array(message.images.length);
                    for (let j = 0; j < message.images.length; ++j)
                        object.images[j] = $root.skep.v1.Image.toObject(message.images[j], options, _depth + 1);
                }
                return object;
            };

            ListImagesResponse.prototype.toJSON = function() {
                return ListImagesResponse.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ListImagesResponse;
        })();

        v1.RemoveImageResponse = (function() {

            const RemoveImageResponse = function (properties) {
                this.untagged = [];
                this.deleted = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RemoveImageResponse.prototype.untagged = $util.emptyArray;
            RemoveImageResponse.prototype.deleted = $util.emptyArray;

            RemoveImageResponse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.untagged != null && message.untagged.length)
                    for (let i = 0; i < message.untagged.length; ++i)
                        writer.uint32(10).string(message.untagged[i]);
                if (message.deleted != null && message.deleted.length)
                    for (let i = 0; i < message.deleted.length; ++i)
                        writer.uint32(18).string(message.deleted[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RemoveImageResponse.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.skep.v1.RemoveImageResponse();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.untagged && message.untagged.length))
                                message.untagged = [];
                            message.untagged.push(reader.stringVerify());
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.deleted && message.deleted.length))
                                message.deleted = [];
                            message.deleted.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            RemoveImageResponse.fromObject = function (object, _depth) {
                if (object instanceof $root.skep.v1.RemoveImageResponse)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".skep.v1.RemoveImageResponse: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.skep.v1.RemoveImageResponse();
                if (object.untagged) {
                    if (!$Array.isArray(object.untagged))
                        throw $TypeError(".skep.v1.RemoveImageResponse.untagged: array expected");
                    message.untagged = $Array(object.untagged.length);
                    for (let i = 0; i < object.untagged.length; ++i)
                        message.untagged[i] = $String(object.untagged[i]);
                }
                if (object.deleted) {
                    if (!$Array.isArray(object.deleted))
                        throw $TypeError(".skep.v1.RemoveImageResponse.deleted: array expected");
                    message.deleted = $Array(object.deleted.length);
                    for (let i = 0; i < object.deleted.length; ++i)
                        message.deleted[i] = $String(object.deleted[i]);
                }
                return message;
            };

            RemoveImageResponse.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.untagged = [];
                    object.deleted = [];
                }
                if (message.untagged && message.untagged.length) {
                    object.untagged = $Array(message.untagged.length);
                    for (let j = 0; j < message.untagged.length; ++j)
                        object.untagged[j] = message.untagged[j];
                }
                if (message.deleted && message.deleted.length) {
                    object.deleted = $Array(message.deleted.length);
                    for (let j = 0; j < message.deleted.length; ++j)
                        object.deleted[j] = message.deleted[j];
                }
                return object;
            };

            RemoveImageResponse.prototype.toJSON = function() {
                return RemoveImageResponse.toObject(this, $protobuf.util.toJSONOptions);
            };

            return RemoveImageResponse;
        })();

        return v1;
    })();

    return skep;
})();

export {
  $root as default
};
