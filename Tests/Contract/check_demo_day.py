"""A clinic's day from end to end through the HTTP API; every step must hold."""

from system import polyclinic, setting

setting("HTTP_PORT")
print(polyclinic("demo", "day", seconds=300))
