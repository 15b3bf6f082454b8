"""Saturday at nine: ten times the tills for two minutes, between two quiet times."""

from locust import LoadTestShape

STEPS = [(120, 20), (240, 200), (420, 20)]


class Spike(LoadTestShape):
    def tick(self):
        now = self.get_run_time()
        for until, users in STEPS:
            if now < until:
                return users, 20
        return None
