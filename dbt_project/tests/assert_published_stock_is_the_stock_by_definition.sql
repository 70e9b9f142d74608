-- The published flows cumulated to a day D must be what the definition gives on the rights themselves as known on D (K = D), for each of
-- today's towns, the city and each kind.
{{ stock_differs_from_definition('published', 'stock_day', false) }}
