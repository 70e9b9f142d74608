"""The gate: checks over batches and series of one build, waivers, and the quality page.

Rows are checked while they are loaded (Python), keys and statistical rules while the build is tested (dbt); what is
checked here is what only a look over batches and series can see: volume, freshness, quarantine share, drift, coverage,
year on year, official totals. Great Expectations takes seconds to import, so it is imported inside functions.
"""
