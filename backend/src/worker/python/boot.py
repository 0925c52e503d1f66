# First lines of a Python worker: the library becomes importable, the role is read with its imports, and then it plays.
import sys

library, role, given = sys.argv[1:4]
playground = type(sys)("playground")
sys.modules["playground"] = playground
exec(compile(library, "playground.py", "exec"), playground.__dict__)
sys.exit(playground.play(role, given))
