"""Assignment solvers: who serves whom at least cost, with a bound that proves it."""
