-- Granted inventions and the strategic emerging industries that they match: by a prefix of the main class, and by a word of the title
-- where the rule has one. All rules count, not only the longest prefix; IPC alone (no rule with a keyword matched) is an upper bound.
with rights as (
    select * from {{ ref('int_patent_rights') }}
    where patent_kind = 'invention_granted'
),

patents as (
    select * from {{ ref('int_patents_resolved') }}
    where class_scheme = 'ipc' and main_class is not null
),

rules as (
    select * from {{ ref('sei_ipc_rules') }}
),

classes as (
    select distinct patents.main_class
    from rights
    inner join patents on rights.record_key = patents.record_key
),

prefixes as (
    select main_class, left(main_class, 3) as ipc_prefix from classes
    union
    select main_class, left(main_class, 4) as ipc_prefix from classes
    union
    select main_class, {{ list_item('main_class', 1, '/') }} as ipc_prefix from classes
    union
    select main_class, main_class as ipc_prefix from classes
),

class_rules as (
    select
        prefixes.main_class,
        rules.sei_code,
        coalesce(rules.title_keyword, '') as title_keyword,
        rules.is_exact
    from prefixes
    inner join rules on prefixes.ipc_prefix = rules.ipc_prefix
)

select
    rights.record_key,
    class_rules.sei_code,
    min(case when class_rules.title_keyword = '' then 1 else 0 end) = 1 as is_upper_bound,
    max(case when class_rules.is_exact then 1 else 0 end) = 1 as is_exact
from rights
inner join patents on rights.record_key = patents.record_key
inner join class_rules on patents.main_class = class_rules.main_class
where
    class_rules.title_keyword = ''
    or replace(coalesce(patents.title, ''), class_rules.title_keyword, '') <> coalesce(patents.title, '')
group by rights.record_key, class_rules.sei_code
