"""Those of `agents.verify.panel` that ask a model: three judges, a prober and a reviewer."""
