#!/usr/bin/env python3
"""Writes src/server/protobuf/messages.txt again: which number each field has on the wire, as clients in Go know it.

A Go program carries its types with it, and their tags say numbers, names and pointers. kubectl holds all of the API's.
Needed only when the Kubernetes version changes; the table is committed. usage: script/protobuf.py path/to/kubectl"""

import re
import struct
import sys

HEADER = """\
# Every message of the built-in kinds, one after another. Written by script/protobuf.py; do not edit.
#   = API-VERSION KIND MESSAGE   a kind and its message
#   MESSAGE                      starts a message; its fields follow, indented
#    NAME NUMBER TYPE[!]         a field; ! for one that is there though it is zero; []T is a list, {}T a map, *T a
#                                pointer, which tells zero from nothing; a field called - is part of the message around it
"""

# upstream: go/src/internal/abi/type.go Kind
BOOL, INTS, FLOAT, MAP, POINTER, SLICE, STRING, STRUCT, BYTE = 1, range(2, 13), 14, 21, 22, 23, 24, 25, 8
SPECIAL = {
    "resource.Quantity": "quantity",
    "intstr.IntOrString": "intstr",
    "v1.Time": "time",
    "v1.MicroTime": "microtime",
    "v1.Duration": "duration",
    "v1.FieldsV1": "raw",
    "runtime.RawExtension": "raw",
}
META = "k8s.io/apimachinery/pkg/apis/meta/v1"
GROUPS = {
    "admissionregistration": "admissionregistration.k8s.io", "authentication": "authentication.k8s.io",
    "authorization": "authorization.k8s.io", "certificates": "certificates.k8s.io", "coordination": "coordination.k8s.io",
    "discovery": "discovery.k8s.io", "events": "events.k8s.io", "flowcontrol": "flowcontrol.apiserver.k8s.io",
    "networking": "networking.k8s.io", "node": "node.k8s.io", "rbac": "rbac.authorization.k8s.io",
    "resource": "resource.k8s.io", "scheduling": "scheduling.k8s.io", "storage": "storage.k8s.io",
    "storagemigration": "storagemigration.k8s.io", "core": "",
}


class Binary:
    """An ELF file of a Go program, 64 bits, little-endian, at fixed addresses."""

    def __init__(self, path):
        self.data = data = open(path, "rb").read()
        start, = struct.unpack_from("<Q", data, 0x28)
        count, names = struct.unpack_from("<HH", data, 0x3C)
        rows = [struct.unpack_from("<IIQQQQ", data, start + 64 * i) for i in range(count)]
        text = lambda at: data[at:data.index(b"\0", at)].decode()
        self.sections = {text(rows[names][4] + row[0]): row for row in rows}
        self.types = self.sections[".rodata"][3]

    def at(self, address):
        for _, kind, _, begin, offset, size in self.sections.values():
            if begin <= address < begin + size and kind != 8:
                return address - begin + offset
        raise ValueError(hex(address))

    def pointer(self, offset):
        return self.at(struct.unpack_from("<Q", self.data, offset)[0])

    def varint(self, offset):
        value = shift = 0
        while True:
            byte = self.data[offset]
            offset, value, shift = offset + 1, value | (byte & 127) << shift, shift + 7
            if byte < 128:
                return value, offset

    def name(self, offset):
        """A name and its tag."""
        length, at = self.varint(offset + 1)
        name, tag = self.data[at:at + length].decode(), ""
        if self.data[offset] & 2:
            length, at = self.varint(at + length)
            tag = self.data[at:at + length].decode()
        return name, tag

    def relative(self, offset):
        distance, = struct.unpack_from("<i", self.data, offset)
        return self.name(self.at(self.types + distance))[0] if distance else ""


class Type:
    """A type as the program holds it."""

    def __init__(self, binary, offset):
        self.binary, self.offset = binary, offset
        flags, self.kind = binary.data[offset + 20], binary.data[offset + 23] & 31
        self.name = binary.relative(offset + 40)[flags >> 1 & 1:]
        self.package = binary.relative(offset + 80) if flags & 1 and self.kind == STRUCT else ""
        self.named = flags & 4

    def elem(self):
        return Type(self.binary, self.binary.pointer(self.offset + (56 if self.kind == MAP else 48)))

    def fields(self):
        binary = self.binary
        count, = struct.unpack_from("<Q", binary.data, self.offset + 64)
        first = binary.pointer(self.offset + 56) if count else 0
        for at in range(first, first + 24 * count, 24):
            yield *binary.name(binary.pointer(at)), Type(binary, binary.pointer(at + 8))


def main():
    binary = Binary(sys.argv[1])
    links = binary.sections[".typelink"]
    found = {}
    for distance, in struct.iter_unpack("<i", binary.data[links[4]:links[4] + links[5]]):
        pointer = Type(binary, binary.at(binary.types + distance))
        if pointer.kind == POINTER and (type := pointer.elem()).kind == STRUCT:
            found[type.package, type.name.split(".")[-1]] = type

    roots = [("*", "DeleteOptions", found[META, "DeleteOptions"])]
    for (package, name), type in sorted(found.items()):
        match = re.fullmatch(r"k8s\.io/api/(\w+)/(v\d+)", package)
        fields = [field for field, _, _ in type.fields()]
        if match and "TypeMeta" in fields and "ListMeta" not in fields and match[1] in [*GROUPS, "apps", "autoscaling", "batch", "policy"]:
            group = GROUPS.get(match[1], match[1])
            roots.append((f"{group}/{match[2]}".lstrip("/"), name, type))

    messages, todo = {}, [type for _, _, type in roots]
    def key(type):
        return type.package, type.name.split(".")[-1]
    def shape(type):
        """What stands before the message's name, and the message if there is one."""
        if special := SPECIAL.get(type.name):
            return special, None
        if type.kind == STRUCT:
            todo.append(type)
            return "", key(type)
        if type.kind == SLICE and type.elem().kind == BYTE:
            return "bytes", None
        if type.kind in (POINTER, SLICE, MAP):
            # A list with a name of its own is a message with that list in it.
            word = {POINTER: "*", MAP: "{}", SLICE: "items" if type.named else "[]"}[type.kind]
            rest, message = shape(type.elem())
            return ("items", None) if word == "items" else (word + rest, message)
        return {BOOL: "bool", FLOAT: "double", STRING: "string"}.get(type.kind) or ("int" if type.kind in INTS else 1 / 0), None

    while todo:
        type = todo.pop()
        if key(type) in messages:
            continue
        messages[key(type)] = rows = []
        for _, tag, field in type.fields():
            number = re.search(r'protobuf:"\w+,(\d+),', tag)
            json = re.search(r'json:"([^"]*)"', tag)
            if not number or not json or json[1] == "-":
                continue
            name, _, options = json[1].partition(",")
            rows.append((name or "-", number[1], *shape(field), "" if "omit" in options or not name else "!"))

    count = {}
    for _, name in messages:
        count[name] = count.get(name, 0) + 1
    def short(message):
        package, name = message
        return name if count[name] == 1 else ".".join([*package.split("/")[-2:], name])
    print(HEADER, end="")
    for version, name, type in roots:
        print("=", version, name, short(key(type)))
    for message, rows in sorted(messages.items(), key=lambda item: short(item[0])):
        print(short(message))
        for name, number, prefix, part, mark in rows:
            print(f" {name} {number} {prefix}{short(part) if part else ''}{mark}")


main()
