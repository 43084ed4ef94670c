//! Whether a statement names the trust of every table in which rows are some trust's.
//!
//! A table is named with its trust when a condition that every row must meet says `trust_id = $n`, or that its
//! `trust_id` is that of another table that is. What an outer join asks of the side that it keeps proves nothing of it.

use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};

use sqlparser::ast::{
    Assignment, AssignmentTarget, BinaryOperator, Expr, FromTable, Insert, JoinConstraint,
    JoinOperator, ObjectName, OnConflictAction, OnInsert, Query, Select, SelectItem, SetExpr,
    Statement, TableAlias, TableFactor, TableObject, TableWithJoins, UpdateTableFromKind, Value,
    Visit, Visitor,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

/// The column that says whose a row is.
const TRUST_ID: &str = "trust_id";

/// What is wrong with a statement, a sentence each. `tables` are those in which rows are some trust's.
pub fn faults(sql: &str, tables: &BTreeSet<String>) -> Vec<String> {
    let statements = match Parser::parse_sql(&PostgreSqlDialect {}, sql) {
        Ok(statements) => statements,
        Err(error) => return vec![format!("it cannot be read: {error}")],
    };
    let mut reader = Reader { tables, scopes: Vec::new(), faults: Vec::new() };
    for statement in &statements {
        let _: ControlFlow<()> = statement.visit(&mut reader);
    }
    reader.faults
}

/// What a query, or a part of a statement, names.
#[derive(Default)]
struct Scope {
    /// What stands before it under WITH.
    with: Vec<String>,
    /// What it reads from or writes to, as it calls it; and which of our tables it is.
    named: Vec<(String, Option<String>)>,
    /// Of these, by their places, those whose trust is named.
    proven: BTreeSet<usize>,
}

/// A side of an equality.
#[derive(Clone, Copy)]
enum Side {
    /// A value that is bound, as `$1`.
    Bound,
    /// The trust of what stands at this place of this scope.
    Trust(usize, usize),
    /// Anything else.
    Other,
}

/// A condition, and the places of which it can prove something.
struct Condition<'a> {
    says: Says<'a>,
    proves: Range<usize>,
}

enum Says<'a> {
    This(&'a Expr),
    /// USING (trust_id): those on the left with those on the right.
    SameTrust(Range<usize>, Range<usize>),
}

struct Reader<'a> {
    tables: &'a BTreeSet<String>,
    scopes: Vec<Scope>,
    faults: Vec<String>,
}

impl Visitor for Reader<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.scopes.push(Scope { with: with(query), ..Scope::default() });
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        self.enter(&select.from, select.selection.as_ref());
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, _: &Select) -> ControlFlow<()> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        match statement {
            Statement::Update(update) => {
                let mut from = vec![update.table.clone()];
                match &update.from {
                    Some(UpdateTableFromKind::AfterSet(more)) => from.extend(more.clone()),
                    Some(UpdateTableFromKind::BeforeSet(more)) => from.extend(more.clone()),
                    None => {}
                }
                self.enter(&from, update.selection.as_ref());
                self.check_assignments(&update.table.to_string(), &update.assignments);
            }
            Statement::Delete(delete) => {
                let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) =
                    &delete.from;
                let using = delete.using.iter().flatten();
                let from: Vec<TableWithJoins> = from.iter().chain(using).cloned().collect();
                self.enter(&from, delete.selection.as_ref());
            }
            Statement::Insert(insert) => {
                self.scopes.push(Scope::default());
                self.check_insert(insert);
            }
            _ => self.scopes.push(Scope::default()),
        }
        ControlFlow::Continue(())
    }

    fn post_visit_statement(&mut self, _: &Statement) -> ControlFlow<()> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }
}

impl Reader<'_> {
    /// Enters a part that reads from these tables under a condition, and says of which tables it names no trust.
    fn enter(&mut self, from: &[TableWithJoins], selection: Option<&Expr>) {
        let (mut scope, mut conditions) = (Scope::default(), Vec::new());
        for one in from {
            self.read_from(one, &mut scope, &mut conditions);
        }
        let all = 0..scope.named.len();
        conditions.extend(selection.map(|says| Condition { says: Says::This(says), proves: all }));
        self.scopes.push(scope);
        self.prove(&conditions);
        let Some(scope) = self.scopes.last() else { return };
        for (place, (name, table)) in scope.named.iter().enumerate() {
            let Some(table) = table else { continue };
            if !scope.proven.contains(&place) {
                let called = if name == table { String::new() } else { format!(" (as {name})") };
                self.faults.push(format!(
                    "it names {table}{called} without `{name}.trust_id = $n`, or the trust_id of a table that has it"
                ));
            }
        }
    }

    /// Adds what FROM names, and what the joins say.
    fn read_from<'f>(
        &self,
        from: &'f TableWithJoins,
        scope: &mut Scope,
        conditions: &mut Vec<Condition<'f>>,
    ) {
        let start = scope.named.len();
        self.read_factor(&from.relation, scope, conditions);
        for join in &from.joins {
            let (left, middle) = (start..scope.named.len(), scope.named.len());
            self.read_factor(&join.relation, scope, conditions);
            let right = middle..scope.named.len();
            let (constraint, proves) = match &join.join_operator {
                JoinOperator::Join(on) | JoinOperator::Inner(on) | JoinOperator::CrossJoin(on) => {
                    (on, start..right.end)
                }
                JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => (on, right.clone()),
                JoinOperator::Right(on) | JoinOperator::RightOuter(on) => (on, left.clone()),
                _ => continue,
            };
            match constraint {
                JoinConstraint::On(says) => {
                    conditions.push(Condition { says: Says::This(says), proves });
                }
                JoinConstraint::Using(columns) if columns.iter().any(|c| last(c) == TRUST_ID) => {
                    let says = Says::SameTrust(left, right);
                    conditions.push(Condition { says, proves });
                }
                _ => {}
            }
        }
    }

    fn read_factor<'f>(
        &self,
        factor: &'f TableFactor,
        scope: &mut Scope,
        conditions: &mut Vec<Condition<'f>>,
    ) {
        let called = |alias: &Option<TableAlias>| {
            alias.as_ref().map_or_else(String::new, |alias| alias.name.value.clone())
        };
        match factor {
            TableFactor::Table { name, alias, args, .. } => {
                let table = last(name);
                let name = alias.as_ref().map_or(table, |alias| &alias.name.value).to_owned();
                let is_with = self.scopes.iter().any(|scope| scope.with.iter().any(|w| w == table));
                let ours = args.is_none() && !is_with && self.tables.contains(table);
                scope.named.push((name, ours.then(|| table.to_owned())));
            }
            TableFactor::NestedJoin { table_with_joins, .. } => {
                self.read_from(table_with_joins, scope, conditions);
            }
            TableFactor::Derived { alias, .. }
            | TableFactor::Function { alias, .. }
            | TableFactor::TableFunction { alias, .. }
            | TableFactor::UNNEST { alias, .. } => scope.named.push((called(alias), None)),
            _ => {}
        }
    }

    /// Proves, in the innermost scope, all that follows from these conditions.
    fn prove(&mut self, conditions: &[Condition<'_>]) {
        let depth = self.scopes.len() - 1;
        let mut equal: Vec<(Side, Side, Range<usize>)> = Vec::new();
        for Condition { says, proves } in conditions {
            match says {
                Says::This(says) => equal.extend(
                    equalities(says)
                        .into_iter()
                        .map(|(a, b)| (self.side(a), self.side(b), proves.clone())),
                ),
                Says::SameTrust(left, right) => {
                    equal.extend(
                        left.clone().flat_map(|a| right.clone().map(move |b| (a, b))).map(
                            |(a, b)| (Side::Trust(depth, a), Side::Trust(depth, b), proves.clone()),
                        ),
                    );
                }
            }
        }
        let both = |(a, b, proves): &(Side, Side, Range<usize>)| {
            [(*a, *b, proves.clone()), (*b, *a, proves.clone())]
        };
        let directed: Vec<_> = equal.iter().flat_map(both).collect();
        let mut again = true;
        while std::mem::take(&mut again) {
            for (from, to, proves) in &directed {
                if let Side::Trust(at, place) = to
                    && *at == depth
                    && proves.contains(place)
                    && self.is_proven(*from)
                {
                    again |= self.scopes[depth].proven.insert(*place);
                }
            }
        }
    }

    fn is_proven(&self, side: Side) -> bool {
        match side {
            Side::Bound => true,
            Side::Trust(depth, place) => self.scopes[depth].proven.contains(&place),
            Side::Other => false,
        }
    }

    fn side(&self, of: &Expr) -> Side {
        match of {
            Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => self.side(inner),
            Expr::Value(value) if matches!(value.value, Value::Placeholder(_)) => Side::Bound,
            Expr::Identifier(column) if column.value == TRUST_ID => {
                // Which table's it is is clear only where one alone has the column.
                let Some(scope) = self.scopes.last() else { return Side::Other };
                let ours = |(_, (_, table)): &(usize, &(String, Option<String>))| table.is_some();
                let mut ours = scope.named.iter().enumerate().filter(ours);
                match (ours.next(), ours.next()) {
                    (Some((place, _)), None) => Side::Trust(self.scopes.len() - 1, place),
                    _ => Side::Other,
                }
            }
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [.., table, column] if column.value == TRUST_ID => self.named(&table.value),
                _ => Side::Other,
            },
            _ => Side::Other,
        }
    }

    /// The trust of what is called so, in the innermost scope that calls anything so.
    fn named(&self, called: &str) -> Side {
        let places = self.scopes.iter().enumerate().rev().find_map(|(depth, scope)| {
            let place = scope.named.iter().position(|(name, _)| name == called)?;
            Some((depth, place))
        });
        places.map_or(Side::Other, |(depth, place)| Side::Trust(depth, place))
    }

    /// A new row says whose it is; one that is taken from a query, by a table whose trust is named.
    fn check_insert(&mut self, insert: &Insert) {
        let TableObject::TableName(name) = &insert.table else { return };
        let table = last(name).to_owned();
        if !self.tables.contains(&table) {
            return;
        }
        if let Some(OnInsert::OnConflict(conflict)) = &insert.on
            && let OnConflictAction::DoUpdate(update) = &conflict.action
        {
            self.check_assignments(&table, &update.assignments);
        }
        let place = insert.columns.iter().position(|column| last(column) == TRUST_ID);
        let says = match (place, &insert.source) {
            (Some(place), Some(source)) => self.says_whose(source, place),
            _ => false,
        };
        if !says {
            self.faults.push(format!(
                "it adds to {table} what takes its trust_id neither from `$n` in VALUES nor from a table with `trust_id = $n`"
            ));
        }
    }

    fn says_whose(&mut self, source: &Query, place: usize) -> bool {
        self.scopes.push(Scope { with: with(source), ..Scope::default() });
        let says = self.body_says_whose(&source.body, place);
        self.scopes.pop();
        says
    }

    fn body_says_whose(&mut self, body: &SetExpr, place: usize) -> bool {
        match body {
            SetExpr::Query(query) => self.says_whose(query, place),
            SetExpr::SetOperation { left, right, .. } => {
                self.body_says_whose(left, place) && self.body_says_whose(right, place)
            }
            SetExpr::Values(values) => values.rows.iter().all(|row| {
                row.get(place).is_some_and(|value| matches!(self.side(value), Side::Bound))
            }),
            SetExpr::Select(select) => {
                // What it reads without its trust is told when the query itself is visited.
                let told = self.faults.len();
                self.enter(&select.from, select.selection.as_ref());
                self.faults.truncate(told);
                let side = match select.projection.get(place) {
                    Some(SelectItem::UnnamedExpr(expr)) => self.side(expr),
                    Some(SelectItem::ExprWithAlias { expr, .. }) => self.side(expr),
                    _ => Side::Other,
                };
                let says = matches!(side, Side::Trust(..)) && self.is_proven(side);
                self.scopes.pop();
                says
            }
            _ => false,
        }
    }

    /// Whose a row is never changes.
    fn check_assignments(&mut self, table: &str, assignments: &[Assignment]) {
        let sets = |one: &Assignment| match &one.target {
            AssignmentTarget::ColumnName(column) => last(column) == TRUST_ID,
            AssignmentTarget::Tuple(columns) => columns.iter().any(|one| last(one) == TRUST_ID),
        };
        if assignments.iter().any(sets) {
            self.faults.push(format!("it sets trust_id of {table}"));
        }
    }
}

/// The names that stand under WITH.
fn with(query: &Query) -> Vec<String> {
    let with = query.with.iter().flat_map(|with| &with.cte_tables);
    with.map(|one| one.alias.name.value.clone()).collect()
}

/// The last part of a name.
fn last(name: &ObjectName) -> &str {
    let last = name.0.last().and_then(|part| part.as_ident());
    last.map_or("", |ident| &ident.value)
}

/// The equalities that a condition comes down to: of what is joined by AND, each.
fn equalities(condition: &Expr) -> Vec<(&Expr, &Expr)> {
    match condition {
        Expr::Nested(inner) => equalities(inner),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            [equalities(left), equalities(right)].concat()
        }
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => vec![(left, right)],
        _ => Vec::new(),
    }
}
