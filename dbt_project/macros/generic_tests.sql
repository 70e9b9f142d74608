{#- Keys whose weights do not sum to exactly 1. -#}
{% test weights_sum_to_one(model, key_column) %}
select
    {{ key_column }},
    sum(weight) as weight_sum
from {{ model }}
group by {{ key_column }}
having sum(weight) <> 1
{% endtest %}
