//! The attendance codes that the demonstration uses, each as it is written in a register.

/// A mark, or the lack of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Code {
    /// No mark: closed, not on roll, not yet taken, or forgotten.
    #[default]
    None,
    /// Present in the morning.
    Am,
    /// Present in the afternoon.
    Pm,
    B,
    C,
    C1,
    C2,
    D,
    E,
    G,
    I,
    J1,
    K,
    L,
    M,
    N,
    O,
    P,
    R,
    S,
    T,
    U,
    V,
    W,
    X,
    Y1,
    Y4,
}

impl Code {
    /// As it is written: `-` where there is no mark.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Code::None => "-",
            Code::Am => "/",
            Code::Pm => "\\",
            Code::B => "B",
            Code::C => "C",
            Code::C1 => "C1",
            Code::C2 => "C2",
            Code::D => "D",
            Code::E => "E",
            Code::G => "G",
            Code::I => "I",
            Code::J1 => "J1",
            Code::K => "K",
            Code::L => "L",
            Code::M => "M",
            Code::N => "N",
            Code::O => "O",
            Code::P => "P",
            Code::R => "R",
            Code::S => "S",
            Code::T => "T",
            Code::U => "U",
            Code::V => "V",
            Code::W => "W",
            Code::X => "X",
            Code::Y1 => "Y1",
            Code::Y4 => "Y4",
        }
    }
}
