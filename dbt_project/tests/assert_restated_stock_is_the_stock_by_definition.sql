-- The restated flows cumulated to a day D must be what the definition gives at the horizon's knowledge, for each of today's towns, the
-- city and each kind; a full invalidation works from the grant on where the parameter says so.
{{ stock_differs_from_definition('restated', horizon(), var('ab_initio_is_restated')) }}
