-- One row an honour with its validity (half-open).
with honours as (
    select * from {{ ref('int_honours_located') }}
),

places as (
    select * from {{ ref('int_places_dated') }}
),

names as (
    select * from {{ ref('int_names_resolved') }}
)

select
    honours.record_key,
    honours.honour_type,
    coalesce(honours.honour_grade, '') as honour_grade,
    honours.award_year,
    coalesce(names.published_name, '未识别名称') as holder_name,
    honours.enterprise_version_key,
    honours.enterprise_key,
    places.town_key,
    places.town_code,
    honours.application_number,
    honours.valid_from,
    honours.valid_to,
    honours.known_on
from honours
inner join places on {{ town_at('places', 'honours.place_code', 'coalesce(honours.issued_on, honours.known_on)') }}
left join names on honours.holder_name_hash = names.name_hash
