-- The industries of every class symbol in use: the longest prefix of the mapping wins; an unmapped class is `unassigned`.
-- Weights are whole 10^-12 parts, the remainder goes to the first row, so they sum to 1 exactly.
with classes as (
    select distinct
        coalesce(class_scheme, '') as class_scheme,
        coalesce(main_class, '') as main_class
    from {{ ref('int_patents_resolved') }}
),

mapping as (
    select * from {{ ref('patent_class_industries') }}
),

-- A prefix is a class (F21), a subclass (F21K) or a main group (A61K8) of the IPC, a class (26) or a subclass (26-05) of Locarno.
possible_prefixes as (
    select class_scheme, main_class, left(main_class, 3) as class_prefix from classes where class_scheme = 'ipc'
    union
    select class_scheme, main_class, left(main_class, 4) as class_prefix from classes where class_scheme = 'ipc'
    union
    select class_scheme, main_class, {{ list_item('main_class', 1, '/') }} as class_prefix from classes where class_scheme = 'ipc'
    union
    select class_scheme, main_class, left(main_class, 2) as class_prefix from classes where class_scheme = 'loc'
    union
    select class_scheme, main_class, left(main_class, 5) as class_prefix from classes where class_scheme = 'loc'
),

prefixes as (
    select distinct
        class_scheme,
        class_prefix
    from mapping
),

candidates as (
    select
        possible_prefixes.class_scheme,
        possible_prefixes.main_class,
        prefixes.class_prefix,
        length(prefixes.class_prefix) as prefix_length
    from possible_prefixes
    inner join prefixes
        on
            possible_prefixes.class_scheme = prefixes.class_scheme
            and possible_prefixes.class_prefix = prefixes.class_prefix
),

longest as (
    select
        class_scheme,
        main_class,
        max(prefix_length) as prefix_length
    from candidates
    group by class_scheme, main_class
),

mapped as (
    select
        classes.class_scheme,
        classes.main_class,
        coalesce(mapping.industry_code, 'unassigned') as industry_code,
        coalesce(mapping.is_exact, false) as is_exact
    from classes
    left join longest
        on
            classes.class_scheme = longest.class_scheme
            and classes.main_class = longest.main_class
    left join candidates
        on
            longest.class_scheme = candidates.class_scheme
            and longest.main_class = candidates.main_class
            and longest.prefix_length = candidates.prefix_length
    left join mapping
        on
            candidates.class_scheme = mapping.class_scheme
            and candidates.class_prefix = mapping.class_prefix
),

ranked as (
    select
        mapped.*,
        row_number() over (partition by class_scheme, main_class order by is_exact desc, industry_code) as industry_order,
        count(*) over (partition by class_scheme, main_class) as industry_count
    from mapped
)

select
    class_scheme,
    main_class,
    industry_code,
    cast(industry_order as integer) as industry_order,
    is_exact,
    {{ equal_share('industry_order', 'industry_count') }} as weight
from ranked
