{#- The one definition of the stock of valid patents on two clocks: which rights are valid on stock_day as known on known_day. The data
    tests hold the flows against it and `ipstat stock` runs it: ipstat/stock.py renders this very macro, so it takes only the names of
    relations and flags, nothing of dbt.

    clocks   relation (stock_day, known_day), known_day not before stock_day; distinct rows
    rights   int_patent_rights: a right counts from its grant on, once the grant is known
    terms    int_patent_right_terms: the term as it was known before and after each compensation, where there is any
    endings  int_patent_right_endings: an ending counts from its effective date on, once it is known and while it is not undone
    moves    int_patent_right_moves: of the moves that are known and in effect, the latest one in effect gives the place
    is_invalidation_restated  a full invalidation works from the grant on (true) or from the day that it is known (false)

    Gives stock_day, known_day, record_key, patent_kind, place_code. -#}
{% macro valid_rights(clocks, rights, terms, endings, moves, is_invalidation_restated) -%}
    select
        clocks.stock_day,
        clocks.known_day,
        rights.record_key,
        rights.patent_kind,
        coalesce(moved.place_code, rights.place_code) as place_code
    from {{ clocks }} as clocks
    inner join {{ rights }} as rights
        on
            rights.granted_on <= clocks.stock_day
            and rights.known_on <= clocks.known_day
    left join {{ terms }} as terms
        on
            rights.record_key = terms.record_key
            and (terms.known_from is null or terms.known_from <= clocks.known_day)
            and (terms.known_to is null or terms.known_to > clocks.known_day)
    left join (
        select
            clocks.stock_day,
            clocks.known_day,
            endings.record_key
        from {{ clocks }} as clocks
        inner join {{ endings }} as endings
            on
                endings.known_on <= clocks.known_day
                and (endings.restored_on is null or endings.restored_on > clocks.known_day)
                and (
                    endings.ended_on <= clocks.stock_day
                    {%- if is_invalidation_restated %}
                    or endings.flow_reason = 'invalidated'
                    {%- endif %}
                )
                {%- if not is_invalidation_restated %}
                and (endings.flow_reason <> 'invalidated' or endings.known_on <= clocks.stock_day)
                {%- endif %}
    ) as ended
        on
            rights.record_key = ended.record_key
            and clocks.stock_day = ended.stock_day
            and clocks.known_day = ended.known_day
    left join (
        select
            ranked.stock_day,
            ranked.known_day,
            ranked.record_key,
            ranked.place_code
        from (
            select
                clocks.stock_day,
                clocks.known_day,
                moves.record_key,
                moves.place_code,
                row_number() over (
                    partition by clocks.stock_day, clocks.known_day, moves.record_key
                    order by moves.move_number desc
                ) as latest_rank
            from {{ clocks }} as clocks
            inner join {{ moves }} as moves
                on
                    moves.moved_on <= clocks.stock_day
                    and moves.known_on <= clocks.known_day
        ) as ranked
        where ranked.latest_rank = 1
    ) as moved
        on
            rights.record_key = moved.record_key
            and clocks.stock_day = moved.stock_day
            and clocks.known_day = moved.known_day
    where
        ended.record_key is null
        and (
            case when terms.record_key is null then rights.regular_term_ended_on else terms.term_ended_on end is null
            or case when terms.record_key is null then rights.regular_term_ended_on else terms.term_ended_on end > clocks.stock_day
        )
{%- endmacro %}
