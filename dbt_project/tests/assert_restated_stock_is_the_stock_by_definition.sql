-- The restated series cumulated to a day D must be what the definition gives at the horizon's knowledge: granted by D, and no ending
-- effective by D that was not undone; a full invalidation works from the grant on where the parameter says so.
with rights as (
    select * from {{ ref('int_patent_rights') }}
),

endings as (
    select * from {{ ref('int_patent_right_endings') }}
),

flows as (
    select * from {{ ref('int_patent_right_changes') }}
    where series = 'restated'
),

days as (
    select {{ horizon() }} as stock_day
    {%- for back in [0, 1, 2] %}
    union
    select {{ add_days(add_years(year_start(horizon()), -back), -1) }} as stock_day
    {%- endfor %}
),

standing as (
    select
        endings.record_key,
        case
            when endings.flow_reason <> 'invalidated' then endings.ended_on
            {%- if var('ab_initio_is_restated') %}
            else {{ date_literal('1900-01-01') }}
            {%- else %}
            else endings.known_on
            {%- endif %}
        end as ended_on
    from endings
    where endings.restored_on is null or endings.restored_on > {{ horizon() }}
),

granted as (
    select
        days.stock_day,
        rights.patent_kind,
        count(*) as right_count
    from rights
    inner join days on rights.granted_on <= days.stock_day
    group by days.stock_day, rights.patent_kind
),

ended as (
    select
        days.stock_day,
        rights.patent_kind,
        count(distinct rights.record_key) as right_count
    from rights
    inner join standing on rights.record_key = standing.record_key
    inner join days
        on
            rights.granted_on <= days.stock_day
            and standing.ended_on <= days.stock_day
    group by days.stock_day, rights.patent_kind
),

cumulated as (
    select
        days.stock_day,
        flows.patent_kind,
        sum(flows.flow_count) as right_count
    from flows
    inner join days on flows.change_date <= days.stock_day
    group by days.stock_day, flows.patent_kind
)

select
    granted.stock_day,
    granted.patent_kind,
    granted.right_count - coalesce(ended.right_count, 0) as stock_by_definition,
    cumulated.right_count as stock_by_flows
from granted
left join ended
    on
        granted.stock_day = ended.stock_day
        and granted.patent_kind = ended.patent_kind
left join cumulated
    on
        granted.stock_day = cumulated.stock_day
        and granted.patent_kind = cumulated.patent_kind
where granted.right_count - coalesce(ended.right_count, 0) <> coalesce(cumulated.right_count, 0)
