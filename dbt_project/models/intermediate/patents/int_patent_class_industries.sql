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

prefixes as (
    select distinct
        class_scheme,
        class_prefix
    from mapping
),

-- Prefixes are a class (F21), a subclass (F21K), a main group (A61K8, H05B45) or a Locarno class (26) or subclass (26-05).
candidates as (
    select
        classes.class_scheme,
        classes.main_class,
        prefixes.class_prefix,
        length(prefixes.class_prefix) as prefix_length
    from classes
    inner join prefixes
        on
            classes.class_scheme = prefixes.class_scheme
            and prefixes.class_prefix in (
                left(classes.main_class, 3),
                left(classes.main_class, 4),
                left(classes.main_class, 2),
                left(classes.main_class, 5),
                {{ list_item('classes.main_class', 1, '/') }}
            )
    where classes.class_scheme = 'ipc' or length(prefixes.class_prefix) <> 3
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
