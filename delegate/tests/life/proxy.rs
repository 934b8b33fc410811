//! A delegate behind a proxy that asks for a user and a password.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use muster_delegate::{Settings, run};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::watch,
};

use crate::{
    PATIENCE,
    fixture::{Alone, config, stop},
};

/// Takes requests, and lets none through; gives their heads.
async fn proxy() -> (String, watch::Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let heads = Arc::new(watch::Sender::new(Vec::new()));
    let heard = heads.subscribe();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let heads = Arc::clone(&heads);
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await?);
                }
                heads.send_modify(|heads| heads.push(String::from_utf8(head).unwrap()));
                stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await
            });
        }
    });
    (address, heard)
}

#[tokio::test]
async fn c26_user_and_password_reach_the_proxy_byte_for_byte() {
    let alone = Alone::new().await;
    let (user, password) = ("CORP\\ada", "50%25off%40x#/?@:");
    let expected = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
    // Without TLS the proxy gets the request itself; with it, the wish for a tunnel.
    for (manager, begins) in [
        ("http://manager.example", "POST http://manager.example/"),
        ("https://manager.example", "CONNECT manager.example"),
    ] {
        let (address, mut heard) = proxy().await;
        let (_, port) = address.rsplit_once(':').unwrap();
        let directory = tempfile::tempdir().unwrap();
        let config = config(directory.path(), manager, "");
        let environment = [
            ("PROXY_HOST", "127.0.0.1"),
            ("PROXY_PORT", port),
            ("PROXY_USER", user),
            ("PROXY_PASSWORD", password),
            ("NO_PROXY", "*.corp.example, manager.example:3000"),
        ];
        let get = |name: &str| environment.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned());
        let delegate = tokio::spawn(run(Settings::load(Some(&config), get).unwrap()));
        let waited = tokio::time::timeout(PATIENCE, heard.wait_for(|heads| !heads.is_empty())).await;
        let head = waited.expect("the proxy is asked").unwrap()[0].clone();
        stop(delegate).await;
        assert!(head.starts_with(begins), "{head}");
        let header = head.lines().find_map(|line| line.strip_prefix("proxy-authorization: "));
        assert_eq!(header, Some(expected.as_str()), "{head}");
    }
    assert_eq!(alone.log.count(password) + alone.log.count(&expected), 0, "the password in the log");
}
