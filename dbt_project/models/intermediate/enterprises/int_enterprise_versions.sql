-- Versions of the enterprises of the register, from its yearly snapshots. Half-open ranges. A version begins with the snapshot that
-- first shows it (the first one of an enterprise with its founding) and ends with the snapshot that shows another state, or with the
-- first complete snapshot that no longer has the enterprise. One that vanishes and returns has two versions.
with enterprises as (
    select * from {{ ref('stg_register__enterprises') }}
),

addresses as (
    select * from {{ ref('int_addresses_located') }}
),

town_aliases as (
    select
        alias as town_name,
        min(place_code) as place_code
    from {{ ref('place_aliases') }}
    where alias_kind = 'town'
    group by alias
),

industries as (
    select * from {{ ref('industries') }}
),

snapshots as (
    select
        snapshot_date,
        is_complete_snapshot,
        sum(case when is_complete_snapshot then 1 else 0 end) over (order by snapshot_date) as complete_count,
        min(snapshot_date) over () as first_snapshot_date
    from (select distinct snapshot_date, is_complete_snapshot from enterprises) as distinct_snapshots
),

described as (
    select
        enterprises.*,
        snapshots.complete_count,
        snapshots.first_snapshot_date,
        coalesce(town_aliases.place_code, case when addresses.is_in_city then addresses.place_code end, 'unassigned') as place_code,
        coalesce(industries.industry_code, 'unassigned') as known_industry_code
    from enterprises
    inner join snapshots on enterprises.snapshot_date = snapshots.snapshot_date
    left join addresses on enterprises.address_hash = addresses.address_hash
    left join town_aliases on enterprises.town_name = town_aliases.town_name
    left join industries on enterprises.industry_code = industries.industry_code
),

stated as (
    select
        described.*,
        {{ hash_key([
            'enterprise_name', 'former_names', 'place_code', 'known_industry_code', 'group_name', 'is_high_tech',
            'is_above_scale', 'is_above_scale_exporter', 'cultivation_tier'
        ]) }} as state_hash
    from described
),

compared as (
    select
        stated.*,
        lag(state_hash) over (partition by uscc order by snapshot_date) as previous_state_hash,
        lag(complete_count) over (partition by uscc order by snapshot_date) as previous_complete_count
    from stated
),

marked as (
    select
        compared.*,
        previous_state_hash is null as is_first,
        -- Complete snapshots between the previous appearance and this one, neither of them counted.
        complete_count - case when is_complete_snapshot then 1 else 0 end > previous_complete_count as is_return,
        case
            when previous_state_hash is null then 1
            when complete_count - case when is_complete_snapshot then 1 else 0 end > previous_complete_count then 1
            when state_hash <> previous_state_hash then 1
            else 0
        end as is_new_version
    from compared
),

numbered as (
    select
        marked.*,
        sum(is_new_version) over (partition by uscc order by snapshot_date) as version_number
    from marked
),

versions as (
    select
        uscc,
        version_number,
        min(snapshot_date) as first_seen_on,
        max(snapshot_date) as last_seen_on,
        max(complete_count) as last_complete_count,
        max(case when is_first then 1 else 0 end) = 1 as is_first_version,
        max(first_snapshot_date) as first_snapshot_date,
        min(established_date) as established_date,
        max(enterprise_name) as enterprise_name,
        max(former_names) as former_names,
        max(group_name) as group_name,
        max(place_code) as place_code,
        max(known_industry_code) as industry_code,
        max(case when is_high_tech then 1 else 0 end) = 1 as is_high_tech,
        max(case when is_above_scale then 1 else 0 end) = 1 as is_above_scale,
        max(case when is_above_scale_exporter then 1 else 0 end) = 1 as is_above_scale_exporter,
        max(cultivation_tier) as cultivation_tier
    from numbered
    group by uscc, version_number
),

ended as (
    select
        versions.*,
        lead(first_seen_on) over (partition by uscc order by version_number) as next_seen_on,
        next_complete.snapshot_date as next_complete_date
    from versions
    left join snapshots as next_complete
        on
            next_complete.is_complete_snapshot
            and next_complete.complete_count = versions.last_complete_count + 1
),

dated as (
    select
        ended.*,
        case
            when not is_first_version then first_seen_on
            when established_date is not null and established_date <= first_seen_on then established_date
            when established_date is null and first_seen_on = first_snapshot_date then cast(null as date)
            else first_seen_on
        end as valid_from,
        case
            when next_seen_on is null then next_complete_date
            when next_complete_date is null then next_seen_on
            else least(next_seen_on, next_complete_date)
        end as valid_to
    from ended
)

select
    {{ hash_key(["'enterprise'", 'uscc', 'version_number']) }} as enterprise_version_key,
    {{ hash_key(["'enterprise'", 'uscc']) }} as enterprise_key,
    uscc,
    cast(version_number as integer) as version_number,
    enterprise_name,
    md5(enterprise_name) as enterprise_name_hash,
    former_names,
    case
        when group_name is null then {{ hash_key(["'enterprise'", 'uscc']) }}
        else {{ hash_key(["'group'", 'group_name']) }}
    end as group_key,
    place_code,
    industry_code,
    is_high_tech,
    is_above_scale,
    is_above_scale_exporter,
    cultivation_tier,
    established_date,
    last_seen_on,
    valid_from,
    valid_to
from dated
