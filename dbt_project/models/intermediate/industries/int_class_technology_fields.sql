-- The one WIPO technology field of every IPC symbol in use: the longest prefix wins; field 0 where no prefix fits. The concordance writes
-- a main group as `H04N   3/`; here it is H04N3.
with classes as (
    select distinct main_class
    from {{ ref('int_patents_resolved') }}
    where class_scheme = 'ipc' and main_class is not null
),

fields as (
    select
        field_number,
        sector_name,
        field_name,
        replace(replace(ipc_prefix, ' ', ''), '/', '') as ipc_prefix
    from {{ ref('technology_fields') }}
),

prefixes as (
    select main_class, left(main_class, 4) as ipc_prefix from classes
    union
    select main_class, {{ list_item('main_class', 1, '/') }} as ipc_prefix from classes
),

ranked as (
    select
        prefixes.main_class,
        fields.field_number,
        fields.sector_name,
        fields.field_name,
        fields.ipc_prefix,
        row_number() over (partition by prefixes.main_class order by length(fields.ipc_prefix) desc) as prefix_rank
    from prefixes
    inner join fields on prefixes.ipc_prefix = fields.ipc_prefix
)

select
    classes.main_class,
    coalesce(ranked.field_number, 0) as field_number,
    coalesce(ranked.sector_name, 'unassigned') as sector_name,
    coalesce(ranked.field_name, 'unassigned') as field_name,
    ranked.ipc_prefix
from classes
left join ranked
    on
        classes.main_class = ranked.main_class
        and ranked.prefix_rank = 1
