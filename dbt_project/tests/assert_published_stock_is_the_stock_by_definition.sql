-- The published series cumulated to a day D must be what the definition gives on the rights themselves: granted and known by D, and
-- no ending that was effective and known by D and not undone by then (K = D). Checked at the last three year ends and the horizon.
with rights as (
    select * from {{ ref('int_patent_rights') }}
),

endings as (
    select * from {{ ref('int_patent_right_endings') }}
),

flows as (
    select * from {{ ref('int_patent_right_changes') }}
    where series = 'published'
),

days as (
    select {{ horizon() }} as stock_day
    {%- for back in [0, 1, 2] %}
    union
    select {{ add_days(add_years(year_start(horizon()), -back), -1) }} as stock_day
    {%- endfor %}
),

granted as (
    select
        days.stock_day,
        rights.patent_kind,
        count(*) as right_count
    from rights
    inner join days on rights.granted_on <= days.stock_day and rights.known_on <= days.stock_day
    group by days.stock_day, rights.patent_kind
),

ended as (
    select
        days.stock_day,
        rights.patent_kind,
        count(distinct rights.record_key) as right_count
    from rights
    inner join endings on rights.record_key = endings.record_key
    inner join days
        on
            rights.granted_on <= days.stock_day
            and rights.known_on <= days.stock_day
            and endings.ended_on <= days.stock_day
            and endings.known_on <= days.stock_day
            and (endings.restored_on is null or endings.restored_on > days.stock_day)
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
