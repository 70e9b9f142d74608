-- The state of each right after each day on which something changes, in two series:
--   published  what was valid on D as known on D: nothing counts before it is known, and nothing is ever restated;
--   restated   what was valid on D as known at the horizon: by legal effect. A full invalidation works from the grant on
--              (parameter ab_initio_is_restated); an ending that was undone leaves no trace in the state, only a mark,
--              so that both it and its restoration are shown as flows of the day it took effect.
-- Nothing that became known after the horizon is in either.
with rights as (
    select * from {{ ref('int_patent_rights') }}
    where known_on <= {{ horizon() }}
),

endings as (
    select * from {{ ref('int_patent_right_endings') }}
    where known_on <= {{ horizon() }}
),

moves as (
    select * from {{ ref('int_patent_right_moves') }}
    where known_on <= {{ horizon() }}
),

moved as (
    select
        moves.record_key,
        moves.place_code,
        moves.move_number,
        greatest(moves.moved_on, moves.known_on, rights.granted_on, rights.known_on) as published_on,
        greatest(moves.moved_on, rights.granted_on) as restated_on
    from moves
    inner join rights on moves.record_key = rights.record_key
),

-- As it became known: a move that is heard of after a later one is in effect changes nothing any more.
moved_in_order as (
    select
        moved.*,
        max(move_number) over (partition by record_key order by published_on) as highest_move_number
    from moved
),

ending_days as (
    select
        endings.record_key,
        endings.flow_reason,
        endings.restored_on,
        endings.known_on,
        rights.granted_on,
        greatest(rights.granted_on, rights.known_on) as published_on,
        greatest(endings.ended_on, endings.known_on, rights.granted_on, rights.known_on) as published_end,
        case
            when endings.flow_reason <> 'invalidated' then greatest(endings.ended_on, rights.granted_on)
            {%- if var('ab_initio_is_restated') %}
            else rights.granted_on
            {%- else %}
            else greatest(endings.ended_on, endings.known_on, rights.granted_on)
            {%- endif %}
        end as restated_end,
        coalesce(endings.restored_on <= {{ horizon() }}, false) as is_restored
    from endings
    inner join rights on endings.record_key = rights.record_key
),

changes as (
    -- Grants
    select
        'published' as series,
        record_key,
        greatest(granted_on, known_on) as on_date,
        1 as is_grant,
        0 as ending_delta,
        cast(null as {{ dbt.type_string() }}) as flow_reason,
        place_code,
        0 as place_rank,
        cast(null as {{ dbt.type_string() }}) as undone_reason
    from rights
    union all
    select
        'restated' as series,
        record_key,
        granted_on as on_date,
        1 as is_grant,
        0 as ending_delta,
        cast(null as {{ dbt.type_string() }}) as flow_reason,
        place_code,
        0 as place_rank,
        cast(null as {{ dbt.type_string() }}) as undone_reason
    from rights
    -- Endings as they became known, and as they were undone
    union all
    select
        'published' as series,
        record_key,
        published_end as on_date,
        0 as is_grant,
        1 as ending_delta,
        flow_reason,
        cast(null as {{ dbt.type_string() }}) as place_code,
        0 as place_rank,
        cast(null as {{ dbt.type_string() }}) as undone_reason
    from ending_days
    where restored_on is null or published_end < restored_on
    union all
    select
        'published' as series,
        record_key,
        restored_on as on_date,
        0 as is_grant,
        -1 as ending_delta,
        cast(null as {{ dbt.type_string() }}) as flow_reason,
        cast(null as {{ dbt.type_string() }}) as place_code,
        0 as place_rank,
        cast(null as {{ dbt.type_string() }}) as undone_reason
    from ending_days
    where published_end < restored_on
    -- Endings by their legal effect
    union all
    select
        'restated' as series,
        record_key,
        restated_end as on_date,
        0 as is_grant,
        case when is_restored then 0 else 1 end as ending_delta,
        case when not is_restored then flow_reason end as flow_reason,
        cast(null as {{ dbt.type_string() }}) as place_code,
        0 as place_rank,
        case when is_restored then flow_reason end as undone_reason
    from ending_days
    -- Moves
    union all
    select
        'published' as series,
        record_key,
        published_on as on_date,
        0 as is_grant,
        0 as ending_delta,
        cast(null as {{ dbt.type_string() }}) as flow_reason,
        place_code,
        move_number as place_rank,
        cast(null as {{ dbt.type_string() }}) as undone_reason
    from moved_in_order
    where move_number = highest_move_number
    union all
    select
        'restated' as series,
        record_key,
        restated_on as on_date,
        0 as is_grant,
        0 as ending_delta,
        cast(null as {{ dbt.type_string() }}) as flow_reason,
        place_code,
        move_number as place_rank,
        cast(null as {{ dbt.type_string() }}) as undone_reason
    from moved
),

reached as (
    select
        changes.*,
        max(case when place_code is not null then place_rank end) over (partition by series, record_key, on_date) as last_place_rank
    from changes
    where on_date <= {{ horizon() }}
),

days as (
    select
        series,
        record_key,
        on_date,
        max(is_grant) as is_grant,
        sum(ending_delta) as ending_delta,
        max(case when place_rank = last_place_rank then place_code end) as new_place_code,
        -- Two endings on one day are one loss; the reason is the first of this order.
        min(
            case flow_reason
                when 'invalidated' then 1 when 'expired' then 2 when 'abandoned' then 3 when 'lapsed' then 4
                when 'otherwise_ended' then 5
            end
        ) as reason_rank,
        max(undone_reason) as undone_reason
    from reached
    group by series, record_key, on_date
),

-- A step after each day: how many endings are in effect, and how many places were named so far.
stepped as (
    select
        days.*,
        sum(ending_delta) over (partition by series, record_key order by on_date) as ending_count,
        sum(case when new_place_code is null then 0 else 1 end) over (partition by series, record_key order by on_date) as place_number
    from days
),

placed as (
    select
        stepped.*,
        max(new_place_code) over (partition by series, record_key, place_number) as place_code
    from stepped
)

select
    placed.series,
    placed.record_key,
    rights.patent_kind,
    placed.on_date,
    placed.is_grant = 1 as is_grant,
    placed.ending_count = 0 as is_valid,
    placed.place_code,
    case placed.reason_rank
        when 1 then 'invalidated' when 2 then 'expired' when 3 then 'abandoned' when 4 then 'lapsed' when 5 then 'otherwise_ended'
    end as ending_reason,
    placed.undone_reason,
    coalesce(lag(placed.ending_count) over (partition by placed.series, placed.record_key order by placed.on_date) = 0, false)
        as was_valid,
    lag(placed.place_code) over (partition by placed.series, placed.record_key order by placed.on_date) as previous_place_code,
    lead(placed.on_date) over (partition by placed.series, placed.record_key order by placed.on_date) as next_date
from placed
inner join rights on placed.record_key = rights.record_key
