"""The functions a query may call, by DuckDB's names. What is not here is refused.

Left out on purpose: what reads files, settings, the catalog, variables or the environment; what differs from run to run
(the clock, random numbers, UUIDs, connection state), because a number must come out the same when its query runs again;
what makes much of little (`repeat`, `lpad`, `range`, `list_resize`, `bar`, `format`, `printf`); what calls a function
named by a string (`list_aggregate`) or takes a lambda; what waits or fails at will (`sleep_ms`, `error`).
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


AGGREGATES = words("""
    any_value approx_count_distinct approx_quantile arbitrary arg_max arg_max_null arg_min arg_min_null array_agg
    avg bool_and bool_or corr count count_if count_star countif covar_pop covar_samp entropy favg first fsum
    geomean geometric_mean grouping histogram kahan_sum kurtosis kurtosis_pop last list mad max max_by mean median
    min min_by mode product quantile quantile_cont quantile_disc regr_avgx regr_avgy regr_count regr_intercept
    regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem skewness stddev stddev_pop stddev_samp sum sumkahan var_pop
    var_samp variance
""")
# Their results grow with the table at most; the cage bounds them.
TEXT_AGGREGATES = words("""
    group_concat listagg string_agg
""")
WINDOWS = words("""
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number
""")
NUMBERS = words("""
    abs acos asin atan atan2 cbrt ceil ceiling cos degrees even exp fdiv floor fmod gcd greatest isfinite isinf
    isnan lcm least ln log log10 log2 mod pow power radians round round_even sign sin sqrt tan trunc
""")
TEXTS = words("""
    ascii char_length character_length concat concat_ws contains damerau_levenshtein ends_with instr jaccard
    jaro_similarity jaro_winkler_similarity lcase left length levenshtein lower ltrim position prefix
    regexp_extract regexp_full_match regexp_matches regexp_replace replace reverse right rtrim split_part
    starts_with str_split string_split strip_accents strlen strpos substr substring suffix trim ucase unicode upper
""")
TIMES = words("""
    century date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day dayname dayofmonth
    dayofweek dayofyear days_in_month decade epoch epoch_ms era hour isodow isoyear last_day make_date make_time
    make_timestamp microsecond millisecond minute month monthname quarter second strftime strptime time_bucket
    timezone to_days to_hours to_minutes to_months to_quarters to_seconds to_timestamp to_weeks to_years
    try_strptime week weekday weekofyear year yearweek
""")
CHOICES = words("""
    coalesce if ifnull nullif typeof
""")
# A list or struct is as long as it is written, or as the aggregate that made it.
LISTS = words("""
    array_extract array_length len list_avg list_contains list_count list_distinct list_extract list_max
    list_median list_min list_sort list_sum list_unique list_value row struct_extract struct_pack unnest
""")
# What operators and special syntax are called once DuckDB has read them.
OPERATORS = words("""
    + - * / // % ** ^ || ~ ~~ !~~ ~~* !~~* ~~~ & | << >> @ not_like_escape like_escape ilike_escape
    not_ilike_escape
""")

FUNCTIONS = AGGREGATES | TEXT_AGGREGATES | WINDOWS | NUMBERS | TEXTS | TIMES | CHOICES | LISTS
CALLED = FUNCTIONS | OPERATORS

# Names that DuckDB takes for a call when no column has them.
CALLED_WITHOUT_PARENTHESES = words("""
    current_catalog current_date current_role current_schema current_time current_timestamp current_user localtime
    localtimestamp session_user user
""")
