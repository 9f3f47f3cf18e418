"""The man pages and the completion for bash, made when a wheel is: what else there is to say stands in setup.cfg."""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.egg_info import egg_info

from distutils.command.install_data import install_data  # isort: skip

sys.path.insert(0, str(Path(__file__).parent))


class WithManuals(install_data):
    """What is installed beside the package."""

    def run(self):
        from generators import files

        folder = Path(self.get_finalized_command("build").build_base)
        for name, made in (("man/man1", files.man_pages()), ("bash-completion/completions", files.completions())):
            paths = [folder / name / file for file in made]
            for path, text in zip(paths, made.values()):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            self.data_files.append((f"share/{name}", [str(path) for path in paths]))
        super().run()


class AsItIs(egg_info):
    """A source distribution whose setup.cfg is that of the checkout: by itself setuptools writes it anew."""

    def save_version_info(self, filename):
        pass


setup(cmdclass={"install_data": WithManuals, "egg_info": AsItIs})
