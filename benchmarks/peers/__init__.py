"""Travel times and speed beside OSRM, Valhalla, pandana and pyroutingkit: ``python -m benchmarks.peers``.

The same extracts, the same places, one run, answers taking turns. OSRM (osrm-bindings, its car profile), Valhalla
(pyvalhalla, costing auto) and pandana need Python 3.12 or newer and run in processes of another environment
(``make peers``); their times are taken inside those processes. OSRM, Valhalla and Towline start from coordinates, obey
restrictions and charge turns. pandana snaps to nodes and knows neither; pyroutingkit takes node numbers: for both, the
network without turns is Towline's.
"""
