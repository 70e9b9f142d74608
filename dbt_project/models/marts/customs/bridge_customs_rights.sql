-- The rights that a lot touches, with the holder's domicile and equal weights that sum to 1 for each lot.
with rights as (
    select * from {{ ref('int_customs_rights_located') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

names as (
    select * from {{ ref('int_names_resolved') }}
),

matches as (
    select * from {{ ref('int_subject_matches') }}
)

select
    rights.record_key,
    rights.right_key,
    rights.right_kind,
    rights.right_number,
    coalesce(names.published_name, '未识别名称') as right_holder_name,
    coalesce(matches.enterprise_key, 'unresolved') as enterprise_key,
    places.town_key,
    places.town_code,
    rights.is_in_city,
    {{ equal_share('rights.right_order', 'rights.right_count') }} as weight
from rights
inner join places on {{ town_at('places', 'rights.place_code', 'rights.located_on') }}
left join names on rights.right_holder_name_hash = names.name_hash
left join matches
    on
        {{ enterprise_mention_key('rights.right_holder_name_hash', "''", 'rights.located_on', "'customs_lots'") }}
        = matches.mention_key
