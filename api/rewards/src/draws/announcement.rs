//! What may be said of a draw in public: ready sentences without a child's name.

use super::link::Link;
use super::standing::Standing;
use super::state::DrawState;
use base::operation::*;

/// Ready sentences about a draw.
#[derive(Debug, Serialize, ToSchema)]
pub struct Announcement {
    /// For the display in the hall, a sentence a line.
    display: Vec<String>,
    /// A post for the school's page, in one piece.
    post: String,
}

/// Read what may be said of a prize draw
///
/// For the display in the hall and for the school's page. No sentence names a child, or says how many tickets anybody had.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:read"])), params(DrawId),
    responses((status = 200, description = "Ready sentences.", body = Announcement)))]
#[get("/v1/draws/{draw_id}/announcement")]
pub async fn announce_draw(
    caller: May<ReadReward>,
    app: web::Data<App>,
    path: Path<DrawId>,
) -> Result<HttpResponse> {
    let told = app.db.run(caller.scope(), move |tx| {
        let standing = Standing::read(tx, path.0)?;
        let display = sentences(tx, &standing)?;
        Ok(Announcement { post: display.join(" "), display })
    });
    Ok(HttpResponse::Ok().json(told.await?))
}

fn sentences(tx: &Tx, standing: &Standing) -> Result<Vec<String>> {
    let row = &standing.row;
    let title = &row.title;
    let mut says = vec![match standing.state() {
        DrawState::Prepared => {
            format!("{title}: it is opened on {}.", row.opens_on.format("%-d %B %Y"))
        }
        DrawState::Replaced => format!("{title}: another draw was prepared in its place."),
        DrawState::Opened => format!(
            "{title}: tickets are earned until {}, when the entries are fixed.",
            row.freezes_on.format("%-d %B %Y")
        ),
        DrawState::Frozen => format!("{title}: the entries are fixed, and nothing changes them."),
        DrawState::Empty => format!("{title}: nobody had a ticket this time."),
        DrawState::Drawn => format!("{title} has been drawn."),
        DrawState::Void => format!("{title} was stopped, and nobody has won."),
    }];
    let prizes = standing.prizes()?;
    let won = standing.winners();
    for (at, prize) in (0..).zip(&prizes) {
        let number = won.iter().filter(|one| one.prize == at).count();
        match (standing.state(), number) {
            (DrawState::Drawn, 0) => says.push(format!("{} has not been won.", prize.name)),
            (DrawState::Drawn, 1) => says.push(format!("{} has a winner.", prize.name)),
            (DrawState::Drawn, _) => says.push(format!("{} has {number} winners.", prize.name)),
            _ => {}
        }
    }
    let public = standing.is_public()?;
    if let (Some(frozen), true) = (standing.frozen()?, public) {
        says.push(format!("The hash of the freeze is {}: write it down.", frozen.hash()));
    }
    if public && standing.state() == DrawState::Drawn {
        let link = Link { trust: tx.trust(), key: row.link.clone() };
        says.push(format!("Anybody can check it: {}", link.path(row.draw_id)));
    }
    Ok(says)
}
